"""The texts of each kind of page: the same in alerts, in messages and on the incident pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.incidents.incident import Incident, IncidentKind
from streams.presentation.wording import principal_name

# Not a kind of incident: a surge of many principals is reported as one incident of the fleet.
FLEET_SURGE: Final = "fleet_surge"
FLEET_PRINCIPAL: Final = "fleet"
CUT_OFF: Final = (
    "If nobody can explain it within minutes, revoke the credential: that stops the reads at once."
)


@dataclass(frozen=True)
class AlertText:
    """The texts of one kind of page.

    Parameters
    ----------
    name
        Name of the alert.
    summary
        One sentence with the placeholders ``{who}`` and ``{tenant}``.
    question
        What to find out first.
    cut_off
        What to do if nobody answers.
    """

    name: str
    summary: str
    question: str
    cut_off: str = CUT_OFF

    @property
    def action(self) -> str:
        """What to do first: the question, then how to cut the access off."""
        return f"{self.question} {self.cut_off}"


ALERT_TEXTS: Final[Mapping[str, AlertText]] = {
    IncidentKind.CANARY: AlertText(
        "SellerCanaryRead",
        "{who} read a planted record of {tenant} that nobody should read",
        "A planted record has no honest reader: treat it as theft until proven otherwise.",
        "Revoke the credential now and ask questions later.",
    ),
    IncidentKind.PURPOSE_VIOLATION: AlertText(
        "SellerDataPurposeViolation",
        "{who} reads data of {tenant} outside its declared purpose",
        "Ask the owner of the integration why it needs this data. "
        "Check its entry in config/principals.yaml.",
    ),
    IncidentKind.CREDENTIAL_SHARING: AlertText(
        "SellerCredentialSharing",
        "{who} reads data of {tenant} with one credential from several places",
        "Ask whether a second system now uses the credential. If not, somebody else has it.",
    ),
    IncidentKind.DELEGATION: AlertText(
        "SellerAccessDelegated",
        "{who} gives access to data of {tenant} to somebody new",
        "Ask the owner of the account who gets the access, and who has approved it.",
        "If nobody can explain it within minutes, take the access back and revoke the credential.",
    ),
    IncidentKind.ENUMERATION: AlertText(
        "SellerDataEnumeration",
        "{who} is probing for data of {tenant}",
        "Ask whether a job requests records that no longer exist. "
        "If not, somebody is guessing ids.",
    ),
    IncidentKind.NEW_PRINCIPAL: AlertText(
        "SellerNewPrincipalScraping",
        "{who} is new and reads data of {tenant} in bulk",
        "Find out who granted the access, when, and to whom.",
    ),
    IncidentKind.SLOW_EXFILTRATION: AlertText(
        "SellerDataSlowExfiltration",
        "{who} has read more data of {tenant} than usual for days",
        "Ask the owner of the integration which new job reads a little more each day.",
    ),
    IncidentKind.BULK_READ: AlertText(
        "SellerDataBulkRead",
        "{who} reads far more data of {tenant} than it ever did",
        "Ask the owner of the integration, or the user: "
        "is it a backfill, an export, a new version?",
    ),
    IncidentKind.NEW_NETWORK: AlertText(
        "SellerAccessFromNewNetwork",
        "{who} reads data of {tenant} from a network it has never used before",
        "Ask the provider whether it has moved to this network.",
    ),
    IncidentKind.NEW_OPERATION: AlertText(
        "SellerAccessNewOperation",
        "{who} reads data of {tenant} with operations it has never used before",
        "Ask the owner of the integration whether a new version makes these calls.",
    ),
    IncidentKind.OFF_HOURS: AlertText(
        "SellerAccessOffHours",
        "{who} reads data of {tenant} outside its usual hours",
        "Ask the owner of the integration, or the user, whether the job was rescheduled.",
    ),
    FLEET_SURGE: AlertText(
        "SellerFleetSurge",
        "{who} read far more than they ever did",
        "Ask whether it is a sales day, or a provider catching up after an outage.",
        "If neither, find the kind or network behind it on the SOC wall "
        "and start with the largest.",
    ),
}


def page_kind(incident: Incident) -> str:
    """Return the kind that turned an incident into a page.

    It never changes while the incident is open, so its alert stays the same.
    """
    if is_of_the_fleet(incident):
        return FLEET_SURGE
    if incident.page_kind is not None:
        return incident.page_kind.value
    return (incident.kinds[0] if incident.kinds else IncidentKind.BULK_READ).value


def is_of_the_fleet(incident: Incident) -> bool:
    """Whether it covers many principals at once; a principal named "fleet" does not count."""
    return incident.principal == FLEET_PRINCIPAL and any(
        reason.feature == "principals" for reason in incident.reasons
    )


def who_reads(incident: Incident, kind: str) -> str:
    """Return the subject of a sentence; `kind` is the declared kind of the principal."""
    if is_of_the_fleet(incident):
        return "Many integrations at once"
    name = principal_name(incident.principal, kind)
    return f"T{name[1:]}" if kind else name
