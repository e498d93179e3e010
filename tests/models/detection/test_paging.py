"""When data that nobody has classified wakes a person, and when a named class does."""

import random

import pytest
from simulated_week import DAY, START, event, pages

from models.detection.paging import may_page, remember_page
from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.domain.data_class import DataClass
from models.domain.time_units import hour_of
from models.incidents.finding import Finding, certain_reason
from models.incidents.hour_assessment import HourAssessment
from models.incidents.incident import Incident, IncidentKind, Severity
from models.incidents.incident_draft import open_incident
from models.incidents.usual_range import UsualRange
from models.observation.window import Window
from models.state.detector_memory import DetectorMemory

UNKNOWN, NAMED = (DataClass.UNCLASSIFIED,), (DataClass.SUPPLIER,)
OBJECTS = {"records": None, "service": "s3", "operation": "GetObject", "resource": "x7f3"}


def trained(classes: tuple[DataClass, ...], days: int = 14) -> Detector:
    """Learn a fleet that reads the same 30 objects over and over, and a few new ones each day."""
    rng, detector = random.Random(5), Detector(DetectorSettings(), {})
    for hour in range(days * 24):
        for number in range(10):
            name = f"app-{number}"
            for step in range(rng.randrange(4, 9)):
                known = rng.random() < 0.95 or hour < 24
                subject = number * 100 + rng.randrange(30) if known else rng.getrandbits(48)
                detector.process(
                    read(hour * 3600 + 300 * step + number, subject, name, classes=classes)
                )
    return detector


def read(
    seconds: float, subject: int, name: str = "app-1", *, classes: tuple[DataClass, ...]
) -> AccessEvent:
    # Spread like the keyed hashes that subjects are.
    spread = subject * 0x9E3779B97F4A7C15 % 2**64
    return event(seconds, principal=name, data_classes=classes, subject_ids=(spread,), **OBJECTS)


def burst(detector: Detector, classes: tuple[DataClass, ...], *, new: bool) -> list[Incident]:
    """Read 900 objects within an hour: all new, or the principal's own over and over."""
    rng, found = random.Random(6), []
    for step in range(900):
        subject = rng.getrandbits(48) if new else 100 + step % 30
        found += detector.process(read(14 * DAY + 4 * step, subject, classes=classes))
    return [i for i in found if i.principal == "app-1"]


def test_many_reads_of_a_named_class_are_a_page_also_if_nothing_is_new() -> None:
    found = pages(burst(trained(NAMED), NAMED, new=False)).values()
    assert [page.severity for page in found] == [Severity.HIGH]


def test_many_reads_of_what_nobody_has_classified_are_a_ticket() -> None:
    found = burst(trained(UNKNOWN), UNKNOWN, new=False)
    assert found
    assert not pages(found)
    assert all(incident.severity.rank <= Severity.LOW.rank for incident in found)


@pytest.mark.parametrize("classes", [UNKNOWN, NAMED])
def test_many_objects_that_it_never_read_are_a_page(classes: tuple[DataClass, ...]) -> None:
    (page,) = pages(burst(trained(classes), classes, new=True)).values()
    assert page.severity is (Severity.MEDIUM if classes == UNKNOWN else Severity.HIGH)


def test_unclassified_data_is_a_page_where_the_class_itself_is_new() -> None:
    detector = trained(NAMED)
    found = burst(detector, UNKNOWN, new=False)
    assert [page.severity for page in pages(found).values()] == [Severity.MEDIUM]


def test_unclassified_data_is_a_page_from_a_network_that_nobody_has() -> None:
    detector, found = trained(UNKNOWN), []
    for step in range(900):
        subject = 100 + step % 30
        away = {"source_ip": "203.0.113.9", "subject_ids": (subject,), **OBJECTS}
        found += detector.process(event(14 * DAY + 4 * step, data_classes=UNKNOWN, **away))
    assert [page.severity for page in pages(found).values()] == [Severity.MEDIUM]


@pytest.mark.parametrize(("p_value", "expected"), [(0.005, False), (0.002, True)])
def test_after_the_page_of_a_rule_the_statistics_must_find_it_ten_times_rarer(
    p_value: float, *, expected: bool
) -> None:
    memory, call = DetectorMemory(50.0, 2.0), event(14 * DAY, records=500)
    state, window = memory.add(("A1", "app-1"), "app", START), Window(index=hour_of(call.time))
    window.add(call)
    draft = open_incident(call, window)
    reason = certain_reason("records", 500.0, UsualRange(0.0), "app-1 is new and read 500 records.")
    by_rule = [Finding(IncidentKind.NEW_PRINCIPAL, reason, page=True)]
    first = HourAssessment({}, 0.03, "hour", False, by_rule)
    remember_page(call, state, first, draft, DetectorSettings())
    later = HourAssessment({}, p_value, "hour", True, [])
    assert may_page(call, state, later, open_incident(call, window)) is expected
