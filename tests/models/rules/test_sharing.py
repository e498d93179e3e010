"""A credential in use from two networks at once, by machines that stay and by ones that roam."""

from simulated_week import DAY, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.incidents.incident import Incident, IncidentKind

HOUR = 3600.0


def trained(*, roaming: bool, days: int = 8) -> Detector:
    """A fleet, and an application whose network stays, or changes every ten minutes."""
    detector = Detector(DetectorSettings(), {})
    events = fleet(days)
    for number in range(days * 24 * 6):
        host = f"198.18.{number % 250}.7" if roaming else "192.0.2.9"
        events.append(event(600.0 * number + 1.0, 3, "lambda", source_ip=host))
    detector.process_batch(sorted(events, key=lambda e: e.time))
    return detector


def both_networks(detector: Detector, day: float, elsewhere: str) -> list[Incident]:
    """Read from elsewhere while its own network reads on."""
    found = []
    for step in range(6):
        address = elsewhere if step % 2 else "192.0.2.9"
        read = event(day * DAY + HOUR + 60.0 * step, 3, "lambda", source_ip=address)
        found += detector.process(read)
    return [i for i in found if IncidentKind.CREDENTIAL_SHARING in i.kinds]


def test_a_machine_that_stays_is_paged_at_two_networks() -> None:
    found = both_networks(trained(roaming=False), 8, "203.0.113.80")
    (page,) = pages(found).values()
    assert IncidentKind.CREDENTIAL_SHARING in page.kinds


def test_a_machine_whose_network_changes_anyway_is_not() -> None:
    assert not both_networks(trained(roaming=True), 8, "203.0.113.80")


def test_a_machine_that_moves_house_once_does_not_roam() -> None:
    detector = trained(roaming=False)
    moved = [
        event(8 * DAY + 600.0 * n, 3, "lambda", source_ip="198.51.100.9") for n in range(24 * 6)
    ]
    rest = [e for e in fleet(9) if e.time >= moved[0].time]
    detector.process_batch(sorted([*moved, *rest], key=lambda e: e.time))
    assert both_networks(detector, 9, "203.0.113.80")


def test_a_thief_who_was_paged_does_not_make_the_next_network_usual() -> None:
    detector = trained(roaming=False)
    for day in (8, 9, 10):
        assert both_networks(detector, day, f"203.0.{100 + day}.80")
        events = [e for e in fleet(day + 1) if e.time > both_end(day)]
        detector.process_batch(events)


def both_end(day: float) -> float:
    return event(day * DAY + HOUR + 600.0, 1).time
