from collections.abc import Callable
from dataclasses import replace

from models.detector_settings import DetectorSettings, PrincipalProfile
from models.incidents.incident import Incident, IncidentKind
from streams.exposure.policy_controls import ControlState, Facts, policy_controls
from streams.exposure.reader_exposure import ReaderExposure
from streams.settings.sections import SourceSettings, TopicSettings
from streams.settings.settings import Settings


def found(facts: Facts, asked: str, incidents=(), readers=()) -> tuple[ControlState, str]:
    controls = policy_controls(facts, incidents, readers)
    one = next(control for control in controls if asked in control.asked)
    return one.state, one.found


def test_the_settings_say_what_is_there() -> None:
    settings = Settings(
        sources=SourceSettings(redaction_key="ab" * 32),
        topics=TopicSettings(events_retention_hours=9000),
    )
    detector = DetectorSettings(canary_ids=("902-1", "902-2"))
    facts = Facts.of(settings, detector, {"app-1": PrincipalProfile(kind="erp")})
    assert facts == Facts(
        kinds={"app-1": "erp"}, canaries=2, events_hours=9000, audit_hours=8760,
        hashes_with_key=True, has_login=False, signs_evidence=False,
    )  # fmt: skip


def test_alarms_say_what_they_told(facts: Facts, make_incident: Callable[..., Incident]) -> None:
    incidents = [make_incident(), make_incident(paged_at=None)]
    for asked in ("request rate", "volume of data"):
        assert found(facts, asked, incidents) == (ControlState.SHOWN, "1 page, 1 without one")
        assert found(facts, asked, None)[0] is ControlState.PARTLY
    assert found(facts, "unauthorised", incidents)[1] == "0 pages, 0 without one"


def test_a_canary_that_is_not_planted_alarms_nobody(
    facts: Facts, make_incident: Callable[..., Incident]
) -> None:
    assert found(facts, "canary")[0] is ControlState.MISSING
    planted = replace(facts, canaries=2)
    incidents = [make_incident(kinds=(IncidentKind.CANARY,))]
    state, said = found(planted, "canary", incidents)
    assert (state, said) == (ControlState.SHOWN, "2 planted; 1 page, 0 without one")


def test_logs_are_kept_a_year_or_somebody_has_to(facts: Facts) -> None:
    assert found(facts, "Logs kept")[0] is ControlState.PARTLY
    assert "7 days: keep the raw logs" in found(facts, "Logs kept")[1]
    assert found(replace(facts, events_hours=8760), "Logs kept")[0] is ControlState.SHOWN


def test_who_is_not_declared_has_no_purpose(facts: Facts, make_event) -> None:
    readers = [ReaderExposure("A1", name) for name in ("app-1", "app-2")]
    assert found(facts, "needed")[0] is ControlState.SHOWN
    for reader in readers:
        reader.add(make_event())
    asked = "Access as far as it is needed"
    assert found(facts, asked, (), readers) == (
        ControlState.PARTLY, "1 of 2 who read sensitive data are declared",
    )  # fmt: skip
    assert found(facts, asked, (), readers[:1])[0] is ControlState.SHOWN
    assert found(facts, asked, (), readers[1:])[0] is ControlState.MISSING
