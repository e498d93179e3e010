import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.errors import WireFormatError
from models.incidents.incident import Incident

START = 1_767_225_600.0  # 2026-01-01 00:00 UTC
SETTINGS = DetectorSettings(max_principals=6)


def event(seconds: float, records: int | None, principal: str, network: int) -> AccessEvent:
    return AccessEvent(
        event_id=f"{principal}-{seconds}-{records}",
        time=START + seconds,
        tenant="A1",
        principal=principal,
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
        data_classes=(DataClass.CUSTOMER,),
        records=records,
        subject_ids=(2**64 - 1, network),
        source_ip=f"192.0.{network}.7",
        credential_id="key-1",
    )


EVENTS = [
    event(hour * 3600 + 60 * index, 20 + hour % 5, f"app-{index}", 2)
    for hour in range(5 * 24)
    for index in range(5)
] + [event(5 * 86_400 + 60 * call, 500, "app-1", 9) for call in range(40)]
calls = st.tuples(
    st.floats(0, 20 * 86_400),
    st.none() | st.integers(-5, 10**18),
    st.sampled_from([f"app-{i}" for i in range(9)]),
    st.integers(1, 3),
)


def run(detector: Detector, events: list[AccessEvent]) -> list[Incident]:
    return [*detector.process_batch(events), *detector.finish()]


def split(events: list[AccessEvent], cuts: list[int]) -> list[Incident]:
    """Run the events on a new detector after each cut, from all changes so far."""
    kept: dict[bytes, bytes] = {}
    incidents: list[Incident] = []
    detector = Detector(SETTINGS, {})
    for first, last in zip([0, *cuts], [*cuts, len(events)], strict=True):
        incidents += detector.process_batch(events[first:last])
        kept |= detector.take_changes()
        detector = Detector(SETTINGS, {})
        detector.restore(kept)
    return [*incidents, *detector.finish()]


@settings(max_examples=60, deadline=None)
@given(st.lists(calls, max_size=60), st.lists(st.integers(0, 60), max_size=3))
def test_a_restored_detector_goes_on_as_if_nothing_had_been(rows, cuts) -> None:
    events = [event(*row) for row in rows]
    cuts = sorted(min(cut, len(events)) for cut in cuts)
    assert split(events, cuts) == run(Detector(SETTINGS, {}), events)


@pytest.mark.parametrize("cut", [1, 300, 599, 601, 620, 639])
def test_an_open_incident_goes_on_after_a_restart(cut: int) -> None:
    whole = run(Detector(SETTINGS, {}), EVENTS)
    assert any(incident.page for incident in whole)
    assert split(EVENTS, [cut]) == whole


def test_only_what_changed_is_returned() -> None:
    detector = Detector(SETTINGS, {})
    detector.process_batch(EVENTS[:10])
    assert b"principal\0A1\0app-1" in detector.take_changes()
    assert detector.take_changes() == {}
    detector.process(event(2 * 3600, 1, "app-2", 2))
    assert b"principal\0A1\0app-2" in detector.take_changes()


def test_what_was_handed_out_and_then_forgotten_is_an_empty_value() -> None:
    detector = Detector(SETTINGS, {})
    for number in range(6):
        detector.process(event(number, 1, f"app-{number}", 2))
    changes = detector.take_changes()
    for number in range(6, 8):
        detector.process(event(number, 1, f"app-{number}", 2))
    changes |= detector.take_changes()
    assert changes[b"principal\0A1\0app-0"] == b""
    later = Detector(SETTINGS, {})
    later.restore(changes)
    assert later.principals_known == detector.principals_known == 6


def test_who_came_and_was_forgotten_between_two_snapshots_is_in_none() -> None:
    detector = Detector(SETTINGS, {})
    for number in range(1000):
        detector.process(event(number, 1, f"app-{number}", 2))
    names = {key for key in detector.take_changes() if key.startswith(b"principal")}
    assert names == {b"principal\0A1\0app-%d" % number for number in range(994, 1000)}


def test_who_comes_back_and_is_forgotten_again_is_still_an_empty_value() -> None:
    detector = Detector(SETTINGS, {})
    detector.process(event(0, 1, "app-0", 2))
    kept = detector.take_changes()
    for number in (1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 11, 12):
        detector.process(event(20.0 + number, 1, f"app-{number}", 2))
    kept |= detector.take_changes()
    assert kept[b"principal\0A1\0app-0"] == b""


def test_a_restored_cohort_has_as_many_members() -> None:
    detector = Detector(SETTINGS, {})
    detector.process_batch(EVENTS[:10])
    kept = detector.take_changes()
    for number in range(10, 14):
        detector.process(event(7200.0 + number, 1, f"app-{number}", 2))
    kept |= detector.take_changes()
    later = Detector(SETTINGS, {})
    later.restore(kept)
    again = [event(7300.0 + number, 1, f"app-{number}", 3) for number in range(10, 18)]
    assert later.process_batch(again) == detector.process_batch(again)
    assert later.take_changes() == detector.take_changes()


@pytest.mark.parametrize("value", [b"x", b"\x01abc", b"\xff"])
def test_what_is_no_snapshot_is_refused(value: bytes) -> None:
    with pytest.raises(WireFormatError):
        Detector(SETTINGS, {}).restore({b"fleet": value})
