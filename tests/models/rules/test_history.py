"""How far back a principal reaches, against its habit."""

import msgspec
import pytest

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.incidents.incident import Incident, IncidentKind
from models.state.fleet_state import FleetState
from models.state.principal_state import PrincipalFacts
from models.state.snapshot import pack_state, unpack_state

DAY = 86_400.0
START = 20_000 * DAY
NEXT = START + 10 * DAY + 60


def event(time: float, reach_days: float | None, **fields: object) -> AccessEvent:
    values: dict = {
        "event_id": f"e-{time}", "time": time, "tenant": "A1", "principal": "app-1",
        "principal_kind": PrincipalKind.APPLICATION, "service": "orders",
        "operation": "getOrders", "outcome": Outcome.SUCCESS, "records": 20, "bytes": 18_000,
        "data_classes": (DataClass.CUSTOMER,), "credential_id": "key-1", "grant": "lwa",
        "source_ip": "192.0.2.7", "user_agent": "OrderBridge/3",
        "reach_seconds": None if reach_days is None else reach_days * DAY,
    }  # fmt: skip
    return AccessEvent(**(values | fields))


def poll(detector: Detector, hour: int, reach_days: float | None, *names: str) -> list[Incident]:
    time, found = START + hour * 3600.0, []
    for name in names:
        found += detector.process(
            event(time, reach_days, principal=name, event_id=f"{name}-{time}")
        )
    return found


def trained(reach_days: float | None = 2.0, days: int = 10) -> Detector:
    detector = Detector(DetectorSettings(), {})
    for hour in range(days * 24):
        poll(detector, hour, reach_days, "app-1", "app-2", "app-3", "app-4")
    return detector


def after(detector: Detector, *events: AccessEvent) -> list[Incident]:
    found: dict[str, Incident] = {}
    for one in events:
        found.update((i.incident_id, i) for i in detector.process(one))
    return list(found.values())


def test_the_first_deep_request_is_a_ticket_that_says_how_deep() -> None:
    (incident,) = after(trained(), event(NEXT, 730.0))

    assert incident.paged_at is None
    assert incident.kinds[0] is IncidentKind.BULK_READ
    reason = incident.reasons[0]
    assert reason.text == "app-1 asked for data of the last 730 days; usual: 2 days."
    assert (reason.feature, reason.observed, reason.high) == ("history", 730.0, 2.0)
    assert [r.feature for r in incident.reasons].count("history") == 1


def test_a_deep_request_for_more_than_a_few_records_pages() -> None:
    # Later pages are asked for by a token, which says no date.
    pages = [event(NEXT + n, None, event_id=f"p-{n}") for n in range(1, 6)]
    (incident,) = after(trained(), event(NEXT, 730.0), *pages)

    assert incident.paged_at is not None


def test_a_few_months_make_a_ticket_whatever_is_read() -> None:
    pages = [event(NEXT + n, None, event_id=f"p-{n}") for n in range(1, 3)]
    (incident,) = after(trained(), event(NEXT, 90.0), *pages)

    assert incident.paged_at is None


@pytest.mark.parametrize(
    ("usual", "reach"), [(2.0, 50.0), (30.0, 200.0), (2.0, None), (730.0, 760.0), (None, None)]
)
def test_a_reach_within_the_habit_or_a_short_backfill_tells_nobody(
    usual: float | None, reach: float | None
) -> None:
    assert after(trained(usual), event(NEXT, reach)) == []


def test_before_its_habit_is_known_the_others_count() -> None:
    detector = trained()
    for hour in range(240, 360):
        poll(detector, hour, None, "late")
        poll(detector, hour, 2.0, "app-1", "app-2", "app-3")
    found = after(detector, event(START + 15 * DAY + 60, 730.0, principal="late"))

    assert [i.reasons[0].feature for i in found] == ["history"]


def test_a_newcomer_may_load_all_there_is() -> None:
    detector = trained()
    found = after(detector, event(NEXT, 730.0, principal="new"))

    assert [r for i in found for r in i.reasons if r.feature == "history"] == []


def test_refused_and_harmless_requests_neither_alarm_nor_teach() -> None:
    detector = trained()
    refused = event(NEXT, 730.0, outcome=Outcome.DENIED, records=None, bytes=None)
    harmless = event(NEXT + 1, 730.0, data_classes=(DataClass.CATALOG,), event_id="h")

    assert after(detector, refused, harmless) == []
    assert after(detector, event(NEXT + 2, 730.0, event_id="d")) != []


def test_deeper_each_day_is_told_before_it_is_usual() -> None:
    detector, told, reach = trained(), [], 2.0
    for hour in range(240, 240 + 14 * 24):
        if hour % 24 == 0:
            reach = min(3650.0, 2.5 * reach)
        told += poll(detector, hour, reach, "app-1")
        poll(detector, hour, 2.0, "app-2", "app-3")

    assert any(i.reasons[0].feature == "history" for i in told)


def test_a_restart_changes_nothing() -> None:
    one, two = trained(), Detector(DetectorSettings(), {})
    two.restore(one.take_changes())
    deep = event(NEXT, 730.0)

    assert after(one, deep) == after(two, deep) != []


def test_a_checkpoint_of_the_release_before_is_read_without_habits() -> None:
    known = PrincipalFacts(cohort="user", first_seen=1.0, last_seen=1.0, usual_reach=7.0)
    facts = msgspec.msgpack.decode(msgspec.msgpack.encode(known))
    fleet = msgspec.msgpack.decode(msgspec.msgpack.encode(FleetState(usual_reaches={"": 7.0})))

    facts = facts[: PrincipalFacts.__struct_fields__.index("reach_today")]
    fleet = fleet[: FleetState.__struct_fields__.index("usual_reaches")]
    assert unpack_state(pack_state(facts), PrincipalFacts).usual_reach == 0.0
    assert unpack_state(pack_state(fleet), FleetState).usual_reaches == {}
