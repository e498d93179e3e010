"""A walk through ids, whether they exist or not."""

from simulated_week import DAY, START, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import Outcome
from models.domain.data_class import DataClass
from models.incidents.incident import IncidentKind
from models.incidents.usual_range import UsualRange


def walk(detector: Detector, day: float, calls: int, **fields) -> list:
    found = []
    for step in range(calls):
        read = event(day * DAY + 5 * step, 1, sequential_ids=1, **fields)
        found += detector.process(read)
    return [i for i in found if IncidentKind.ENUMERATION in i.kinds]


def trained(days: int = 8, **settings) -> Detector:
    detector = Detector(DetectorSettings(**settings), {})
    detector.process_batch(fleet(days))
    return detector


def test_a_walk_through_ids_that_all_exist_is_a_page() -> None:
    found = walk(trained(), 8, 80)
    (incident,) = pages(found).values()
    assert incident.page_kind is IncidentKind.ENUMERATION
    assert incident.reasons[0].feature == "sequential_ids"
    assert incident.reasons[0].observed >= 50
    assert incident.reasons[0].usual == UsualRange.at_most(0)


def test_the_setting_says_how_many_are_too_many() -> None:
    assert not walk(trained(), 8, 45)
    assert walk(trained(min_sequential_ids=20), 8, 45)


def test_ids_that_are_only_returned_are_no_walk() -> None:
    detector = trained()
    found = []
    for step in range(80):
        listed = event(8 * DAY + 20 * step, 1, subject_ids=(step, step + 1))
        found += detector.process(listed)
    assert not [i for i in found if IncidentKind.ENUMERATION in i.kinds]


def test_what_failed_counts_too_and_harmless_data_wakes_nobody() -> None:
    assert pages(walk(trained(), 8, 80, outcome=Outcome.ERROR))
    found = walk(trained(), 8, 80, data_classes=(DataClass.CATALOG,))
    assert found
    assert not pages(found)


def test_who_always_walks_is_not_paged_for_it() -> None:
    detector = Detector(DetectorSettings(), {})
    found = []
    for day in range(12):
        found += walk(detector, day, 150)
    assert not pages(found)
    assert not [i for i in found if i.opened_at.timestamp() > START + 4 * DAY]
    assert pages(walk(detector, 12, 600))


def test_a_stranger_that_walks_is_told_without_a_page_of_the_rule() -> None:
    found = walk(trained(), 8, 80, principal="app-new", user_agent="erp/1.0")
    assert found
    assert all(i.page_kind is not IncidentKind.ENUMERATION for i in found)


def walkers(detector: Detector, first: int, days: int, calls: dict[str, list[int]]) -> list:
    """Let each walk through some new orders an hour from 08:00 on; return enumerations."""
    found = []
    for day in range(first, first + days):
        for hour in range(6):
            steps = [
                (3000.0 * n / counts[hour], name)
                for name, counts in calls.items()
                for n in range(counts[hour])
            ]
            for seconds, name in sorted(steps):
                time = day * DAY + (8 + hour) * 3600.0 + seconds
                read = event(time, 1, sequential_ids=1, principal=name, event_id=f"{name}-{time}")
                found += detector.process(read)
    return [i for i in found if IncidentKind.ENUMERATION in i.kinds]


USUAL = {f"app-{n}": [40] * 6 for n in range(6)}
PROMOTION = [40, 100, 110, 160, 160, 160]


def test_a_promotion_lets_those_who_fetch_each_new_order_walk_further() -> None:
    detector = Detector(DetectorSettings(), {})
    assert not pages(walkers(detector, 0, 10, USUAL))

    assert not pages(walkers(detector, 10, 1, dict.fromkeys(USUAL, PROMOTION)))


def test_nobody_makes_a_promotion_alone() -> None:
    detector = Detector(DetectorSettings(), {})
    walkers(detector, 0, 10, USUAL)

    assert pages(walkers(detector, 10, 1, USUAL | {"app-0": PROMOTION}))
