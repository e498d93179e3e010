"""Tests of sorting by time."""

from hypothesis import given
from hypothesis import strategies as st

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from streams.sources.flow.event_memory import EventMemory
from streams.sources.flow.event_order import EventOrder


def event(number: int, seconds: float, *, decrypt: bool = False) -> AccessEvent:
    return AccessEvent(
        event_id=str(number),
        time=seconds,
        tenant="1",
        principal="p",
        principal_kind=PrincipalKind.ROLE,
        service="kms" if decrypt else "s3",
        operation="Decrypt" if decrypt else "GetObject",
        outcome=Outcome.SUCCESS,
        resource="orders",
        source_ip=None if decrypt else "192.0.2.1",
    )


def run(events: list[AccessEvent], hold: float | None = None) -> list[tuple[float, int, bool]]:
    order = EventOrder[int](EventMemory(), disorder_seconds=900, hold_seconds=hold)
    out = []
    for place, entry in enumerate(events):
        assert order.push(entry, place)
        out += list(order.ready())
    out += list(order.drain())
    assert len(order) == 0
    return [(found.time, place, is_echo) for found, place, is_echo in out]


@given(st.lists(st.floats(0, 890), max_size=60), st.integers(0, 1000))
def test_what_is_late_by_less_than_the_disorder_is_put_right(lags: list[float], step: int) -> None:
    events = [event(n, 1000 + n * step - lag) for n, lag in enumerate(lags)]
    times = [seconds for seconds, _, _ in run(events)]
    assert times == sorted(entry.time for entry in events)


def test_a_second_delivery_is_refused() -> None:
    order = EventOrder[int](EventMemory(), disorder_seconds=900)
    assert order.push(event(1, 5.0), 0)
    assert not order.push(event(1, 5.0), 1)


def test_an_echo_is_told_whichever_comes_first() -> None:
    for pair in ([event(1, 50.0), event(2, 51.0, decrypt=True)],
                 [event(2, 50.0, decrypt=True), event(1, 51.0)]):  # fmt: skip
        assert sorted(is_echo for _, _, is_echo in run(pair)) == [False, True]


def test_a_decrypt_without_its_read_stays() -> None:
    events = [event(1, 50.0, decrypt=True), event(2, 500.0)]
    assert [is_echo for _, _, is_echo in run(events)] == [False, False]


def test_a_live_stream_passes_on_at_once_all_but_possible_echoes() -> None:
    order = EventOrder[int](EventMemory(), disorder_seconds=900, hold_seconds=0)
    order.push(event(1, 50.0, decrypt=True), 1)
    order.push(event(2, 500.0), 2)
    assert [place for _, place, _ in order.ready()] == [2]
    order.push(event(3, 951.0), 3)
    assert [place for _, place, _ in order.ready()] == [1, 3]


def test_one_wrong_clock_does_not_end_the_order() -> None:
    times = [100.0, 1e9, 300.0, 200.0]
    assert [seconds for seconds, _, _ in run([event(n, t) for n, t in enumerate(times)])] == [
        100.0, 200.0, 300.0, 1e9,
    ]  # fmt: skip
