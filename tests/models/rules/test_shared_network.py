"""Several keys in one hand: unrelated principals on one network that is new to all."""

import pytest
from msgspec.structs import replace
from simulated_week import DAY, START, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.incidents.incident import Incident, IncidentKind

HOUR = 3600.0
NEW = "203.0.113.80"


def own_network(call: AccessEvent, *, together: bool) -> AccessEvent:
    number = 0 if together else int(call.principal.removeprefix("app-"))
    return replace(call, source_ip=f"198.51.{number}.9")


def trained(*, together: bool = False, days: int = 8) -> Detector:
    """Machines with a network each, or all behind one address."""
    detector = Detector(DetectorSettings(), {})
    detector.process_batch([own_network(e, together=together) for e in fleet(days)])
    return detector


def from_new_network(detector: Detector, names: list[str], **fields) -> list[Incident]:
    """Read a little with each key, one after the other, while their owners read on."""
    found: list[Incident] = []
    for place, name in enumerate(names):
        for step in range(3):
            call = event(8 * DAY + HOUR * place + 60.0 * step, 20, name, source_ip=NEW, **fields)
            found += detector.process(call)
    return [i for i in found if any(r.feature == "shared_network" for r in i.reasons)]


def test_a_thief_with_five_keys_is_one_page_that_names_those_known_so_far() -> None:
    found = from_new_network(trained(), [f"app-{n}" for n in range(5)])
    (page,) = pages(found).values()
    assert page.principal == "app-2"
    assert IncidentKind.NEW_NETWORK in page.kinds
    (reason,) = (r for r in page.reasons if r.feature == "shared_network")
    assert all(name in reason.text for name in ("app-0", "app-1", "app-2"))
    # The others are told, and page nobody again.
    assert {i.principal for i in found} == {"app-2", "app-3", "app-4"}


def test_who_reads_far_more_from_there_pages_by_itself() -> None:
    detector = trained()
    from_new_network(detector, ["app-0", "app-1", "app-2"])
    found = []
    for step in range(30):
        call = event(8 * DAY + 4 * HOUR + 10.0 * step, 400, "app-7", source_ip=NEW)
        found += detector.process(call)
    assert "app-7" in {i.principal for i in pages(found).values()}


def test_a_page_of_last_week_hides_nobody_who_comes_from_there_now() -> None:
    detector = trained()
    from_new_network(detector, ["app-0", "app-1", "app-2"])
    rest = [own_network(e, together=False) for e in fleet(12)]
    detector.process_batch([e for e in rest if e.time > START + 8.5 * DAY])
    found = []
    for step in range(5):
        found += detector.process(event(12 * DAY + 60.0 * step, 40, "app-7", source_ip=NEW))
    assert {i.principal for i in pages(found).values()} == {"app-7"}


def test_a_flood_of_networks_by_one_key_hides_no_other_network() -> None:
    detector = trained()
    assert not from_new_network(detector, ["app-0", "app-1"])
    for number in range(300):
        address = f"2001:db8:{number:x}::1"
        detector.process(event(8 * DAY + 5000.0 + number, 1, "app-5", source_ip=address))
    found = []
    for step in range(3):
        call = event(8 * DAY + 2 * HOUR + 60.0 * step, 20, "app-2", source_ip=NEW)
        found += detector.process(call)
    assert [r for i in pages(found).values() for r in i.reasons if r.feature == "shared_network"]


def test_two_are_no_page_yet() -> None:
    assert not from_new_network(trained(), ["app-0", "app-1"])


def test_applications_that_shared_a_network_before_move_together() -> None:
    detector = trained(together=True)
    assert not from_new_network(detector, [f"app-{n}" for n in range(5)])


def test_names_that_nobody_knew_do_not_count() -> None:
    assert not from_new_network(trained(), [f"made-up-{n}" for n in range(9)])


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": Outcome.DENIED},
        {"data_classes": ()},
        {"principal_kind": PrincipalKind.USER},
    ],
)
def test_refused_calls_harmless_ones_and_people_do_not_count(fields) -> None:
    assert not from_new_network(trained(), [f"app-{n}" for n in range(5)], **fields)


def test_a_restored_detector_counts_on() -> None:
    first = trained()
    assert not from_new_network(first, ["app-0", "app-1"])
    second = Detector(DetectorSettings(), {})
    second.restore(first.take_changes())
    assert pages(from_new_network(second, ["app-2"]))
