"""What each kind of page is called, says and asks: in alerts, messages and pages the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.incidents.incident import Incident, IncidentKind
from streams.presentation.wording import principal_name

# Not a kind of the incident's: many principals at once are told as one incident of the fleet.
FLEET_SURGE: Final = "fleet_surge"
FLEET_PRINCIPAL: Final = "fleet"
CUT_OFF: Final = (
    "If it is not explained within minutes, revoke the credential: reading stops at once."
)


@dataclass(frozen=True)
class AlertText:
    """The texts of one kind of page.

    Parameters
    ----------
    name
        Of its alert.
    summary
        One sentence, with ``{who}`` and ``{tenant}`` in it.
    question
        What to find out first.
    cut_off
        What to do if there is no answer.
    """

    name: str
    summary: str
    question: str
    cut_off: str = CUT_OFF

    @property
    def action(self) -> str:
        """What to do first, in two sentences."""
        return f"{self.question} {self.cut_off}"


ALERT_TEXTS: Final[Mapping[str, AlertText]] = {
    IncidentKind.CANARY: AlertText(
        "SellerCanaryRead",
        "{who} read a planted record of {tenant} that nobody should read",
        "A planted record has no honest reader: treat it as theft until shown.",
        "Revoke the credential now and ask afterwards.",
    ),
    IncidentKind.PURPOSE_VIOLATION: AlertText(
        "SellerDataPurposeViolation",
        "{who} reads data of {tenant} that it was not declared for",
        "Ask the owner of the integration why it needs this data; compare config/principals.yaml.",
    ),
    IncidentKind.CREDENTIAL_SHARING: AlertText(
        "SellerCredentialSharing",
        "{who} has a credential that is used from several places to read data of {tenant}",
        "Ask whether the credential was moved to a second system; if not, somebody else has it.",
    ),
    IncidentKind.ENUMERATION: AlertText(
        "SellerDataEnumeration",
        "{who} tries out what there is to read of {tenant}",
        "Ask whether a job asks for what is long gone; if not, somebody is trying ids.",
    ),
    IncidentKind.NEW_PRINCIPAL: AlertText(
        "SellerNewPrincipalScraping",
        "{who} was never seen before and reads data of {tenant} in bulk",
        "Find out who granted the access, when, and to whom.",
    ),
    IncidentKind.SLOW_EXFILTRATION: AlertText(
        "SellerDataSlowExfiltration",
        "{who} has for days been reading more of {tenant} than it used to",
        "Ask the owner of the integration which new job reads a little more each day.",
    ),
    IncidentKind.BULK_READ: AlertText(
        "SellerDataBulkRead",
        "{who} reads far more of {tenant} than it ever does",
        "Ask the owner of the integration, or the person: a backfill, an export, a new version?",
    ),
    IncidentKind.NEW_NETWORK: AlertText(
        "SellerAccessFromNewNetwork",
        "{who} reads data of {tenant} from a network it never used",
        "Ask the provider whether it moved to the network shown here.",
    ),
    IncidentKind.NEW_OPERATION: AlertText(
        "SellerAccessNewOperation",
        "{who} reads data of {tenant} with operations it never used",
        "Ask the owner of the integration whether a new version makes these calls.",
    ),
    IncidentKind.OFF_HOURS: AlertText(
        "SellerAccessOffHours",
        "{who} reads data of {tenant} at hours it never works at",
        "Ask the owner of the integration, or the person, whether the job was moved.",
    ),
    FLEET_SURGE: AlertText(
        "SellerFleetSurge",
        "{who} read far more than they ever do",
        "Ask whether it is a day of sales, or a provider's run after an outage.",
        "If neither, see on the SOC wall which kind or network carries it, and begin with "
        "the largest.",
    ),
}


def page_kind(incident: Incident) -> str:
    """Return the kind that an incident pages under: the one that made it a page.

    It never changes while the incident is open, so that its alert stays the same one.
    """
    if is_of_the_fleet(incident):
        return FLEET_SURGE
    if incident.page_kind is not None:
        return incident.page_kind.value
    return (incident.kinds[0] if incident.kinds else IncidentKind.BULK_READ).value


def is_of_the_fleet(incident: Incident) -> bool:
    """Whether it tells of many principals at once; one that is named "fleet" is none."""
    return incident.principal == FLEET_PRINCIPAL and any(
        reason.feature == "principals" for reason in incident.reasons
    )


def who_reads(incident: Incident, kind: str) -> str:
    """Return who it is, as a sentence begins; `kind` is what was declared of the principal."""
    if is_of_the_fleet(incident):
        return "Many integrations at once"
    name = principal_name(incident.principal, kind)
    return f"T{name[1:]}" if kind else name
