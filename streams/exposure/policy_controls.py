"""The controls that Amazon's Data Protection Policy asks for, and what shows each of them here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from models.detector_settings import DetectorSettings, PrincipalProfile
from models.incidents.incident import Incident, IncidentKind
from streams.exposure.reader_exposure import ReaderExposure
from streams.presentation.alert_texts import ALERT_TEXTS
from streams.settings.secrets import redaction_key
from streams.settings.settings import Settings

_YEAR_HOURS: Final = 8_760
_UNKNOWN: Final = "not known: the report was made from files"
_ASKED_RETENTION: Final = "a year, in recent versions of the policy"


class ControlState(StrEnum):
    """Whether a control is there.

    Examples
    --------
    >>> str(ControlState.PARTLY)
    'partly'
    """

    SHOWN = "shown"
    PARTLY = "partly"
    MISSING = "missing"


@dataclass(frozen=True)
class Control:
    """One control: what the policy asks for, what shows it, and what the period held of it."""

    asked: str
    shown_by: str
    state: ControlState
    found: str


@dataclass(frozen=True)
class Facts:
    """What the settings say of the controls.

    Parameters
    ----------
    kinds
        Principal -> declared kind.
    canaries
        How many planted ids there are.
    events_hours, audit_hours
        How long the topics keep events, and accesses to the pages.
    hashes_with_key
        Whether the sources' key for hashes is known here.
    has_login
        Whether the pages ask who looks.
    signs_evidence
        Whether bundles of evidence are signed.
    """

    kinds: Mapping[str, str]
    canaries: int
    events_hours: int
    audit_hours: int
    hashes_with_key: bool
    has_login: bool
    signs_evidence: bool

    @classmethod
    def of(
        cls,
        settings: Settings,
        detector: DetectorSettings,
        profiles: Mapping[str, PrincipalProfile],
    ) -> Self:
        """Read them from the settings.

        Raises
        ------
        SettingsError
            If the key of the sources cannot be read.
        """
        web = settings.web
        return cls(
            kinds={name: profile.kind for name, profile in profiles.items()},
            canaries=len(detector.canary_ids),
            events_hours=settings.topics.events_retention_hours,
            audit_hours=settings.topics.audit_retention_hours,
            hashes_with_key=redaction_key(settings.sources) is not None,
            has_login=web.token_file is not None or web.proxy_user_header is not None,
            signs_evidence=settings.evidence.key_file is not None,
        )


def policy_controls(
    facts: Facts, incidents: Sequence[Incident] | None, readers: Sequence[ReaderExposure]
) -> tuple[Control, ...]:
    """Map the controls to what shows them.

    Parameters
    ----------
    facts
        What the settings say.
    incidents
        Those of the period; None if nobody knows.
    readers
        Who read in the period.
    """
    return (
        _alarm(
            "Alarm on an unexpected request rate",
            incidents,
            IncidentKind.BULK_READ,
            IncidentKind.ENUMERATION,
        ),
        _alarm(
            "Alarm on an unexpected volume of data retrieval",
            incidents,
            IncidentKind.BULK_READ,
            IncidentKind.SLOW_EXFILTRATION,
        ),
        _canaries(facts, incidents),
        _alarm(
            "Alarm on repeated unauthorised calls",
            incidents,
            IncidentKind.ENUMERATION,
            IncidentKind.NEW_PRINCIPAL,
        ),
        _need_to_know(facts, readers),
        _retention(facts),
        _no_personal_data(facts),
        _access_to_logs(facts),
        _notice(incidents),
        _custody(facts),
    )


def _alarm(asked: str, incidents: Sequence[Incident] | None, *kinds: IncidentKind) -> Control:
    names = " and ".join(ALERT_TEXTS[kind].name for kind in kinds)
    shown_by = f"the alerts {names}; sellerwatch doctor --test-page shows that a page arrives"
    state = ControlState.PARTLY if incidents is None else ControlState.SHOWN
    return Control(asked, shown_by, state, _told(incidents, kinds))


def _told(incidents: Sequence[Incident] | None, kinds: Sequence[IncidentKind]) -> str:
    if incidents is None:
        return _UNKNOWN
    found = [one for one in incidents if set(kinds) & set(one.kinds)]
    pages = sum(one.paged_at is not None for one in found)
    return f"{pages} page{'' if pages == 1 else 's'}, {len(found) - pages} without one"


def _canaries(facts: Facts, incidents: Sequence[Incident] | None) -> Control:
    name = ALERT_TEXTS[IncidentKind.CANARY].name
    if facts.canaries == 0:
        state, found = ControlState.MISSING, "no id is planted: set canary_ids"
    else:
        planted = f"{facts.canaries} planted; "
        state, found = ControlState.SHOWN, planted + _told(incidents, [IncidentKind.CANARY])
    return Control("Alarm on reads of canary records", f"the alert {name}", state, found)


def _need_to_know(facts: Facts, readers: Sequence[ReaderExposure]) -> Control:
    sensitive = [one for one in readers if one.weight[1]]
    declared = sum(one.principal in facts.kinds for one in sensitive)
    if declared == len(sensitive):
        state = ControlState.SHOWN
    else:
        state = ControlState.PARTLY if declared else ControlState.MISSING
    return Control(
        "Access as far as it is needed, reviewed every quarter",
        "config/principals.yaml and the alert SellerDataPurposeViolation; this report for review",
        state,
        f"{declared} of {len(sensitive)} who read sensitive data are declared",
    )


def _retention(facts: Facts) -> Control:
    is_long = facts.events_hours >= _YEAR_HOURS
    return Control(
        f"Logs kept for reference ({_ASKED_RETENTION})",
        "topics.events_retention_hours, and your own storage of the raw logs",
        ControlState.SHOWN if is_long else ControlState.PARTLY,
        f"events are kept {_days(facts.events_hours)}"
        + ("" if is_long else ": keep the raw logs yourself, with Object Lock"),
    )


def _no_personal_data(facts: Facts) -> Control:
    return Control(
        "Logs without personal data",
        "hashes with a key at the source (docs/security.md)",
        ControlState.SHOWN if facts.hashes_with_key else ControlState.PARTLY,
        "the key is set" if facts.hashes_with_key else "the key is not known where this was made",
    )


def _access_to_logs(facts: Facts) -> Control:
    return Control(
        "Access to logs controlled and recorded",
        "log-in and roles of the pages, and the topic access-audit",
        ControlState.SHOWN if facts.has_login else ControlState.PARTLY,
        f"accesses are kept {_days(facts.audit_hours)}"
        + ("" if facts.has_login else "; no log-in: the pages answer on loopback only"),
    )


def _notice(incidents: Sequence[Incident] | None) -> Control:
    state = ControlState.SHOWN
    if incidents is None:
        state, found = ControlState.PARTLY, _UNKNOWN
    else:
        due = sum(one.notification is not None for one in incidents)
        found = f"{due} incident{'' if due == 1 else 's'} with personal data started the clock"
    return Control(
        "Notice to Amazon within 24 hours of detection",
        "the clock on the incident's page and the alert SellerwatchNotificationDue",
        state,
        found,
    )


def _custody(facts: Facts) -> Control:
    return Control(
        "A chain of custody for evidence",
        "bundles of evidence and access-audit (docs/evidence.md)",
        ControlState.SHOWN if facts.signs_evidence else ControlState.PARTLY,
        "bundles are signed" if facts.signs_evidence else "bundles are not signed: set a key",
    )


def _days(hours: int) -> str:
    return f"{hours / 24:,.0f} days" if hours >= 48 else f"{hours} hours"
