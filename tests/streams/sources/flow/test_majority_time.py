from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from streams.sources.flow.majority_time import MajorityTime

CALL = AccessEvent(
    event_id="e",
    time=0.0,
    tenant="A1",
    principal="p",
    principal_kind=PrincipalKind.APPLICATION,
    service="s3",
    operation="GetObject",
    outcome=Outcome.SUCCESS,
)
DAY = 86_400.0


def told(time: MajorityTime, principal: str, seconds: float, **fields: object) -> float:
    time.note(replace(CALL, principal=principal, time=seconds, **fields))
    return time.seconds


def test_one_alone_has_its_own_time() -> None:
    time = MajorityTime()
    assert [told(time, "a", float(n)) for n in range(1, 18)][-1] == 16.0


def test_a_first_time_of_the_year_2090_lasts_until_the_next_principal() -> None:
    time = MajorityTime()
    assert told(time, "thief", 3.8e9) == 3.8e9
    assert told(time, "a", 10.0) == 10.0
    for n in range(40):
        told(time, "ab"[n % 2], 20.0 + n)
    assert time.seconds >= 50.0


@given(st.integers(1, 8), st.floats(0.1, 400.0), st.integers(1, 3_000))
def test_eight_names_and_any_number_of_lines_move_nobody_s_time(
    names: int, days: float, calls: int
) -> None:
    time = MajorityTime()
    for n in range(64):
        told(time, f"app-{n % 16}", 1000.0 + n)
    for n in range(calls):
        told(time, f"thief-{n % names}", 1000.0 + days * DAY)
    assert time.seconds < 1064.0


def test_refused_calls_say_nothing() -> None:
    time = MajorityTime()
    told(time, "a", 10.0)
    for n in range(100):
        told(time, f"made-up-{n}", 1e9, outcome=Outcome.DENIED)
    assert time.seconds == 10.0


def test_time_goes_on_after_a_month_of_silence_once_most_have_come_back() -> None:
    time = MajorityTime()
    for n in range(64):
        told(time, f"app-{n % 16}", float(n))
    for n in range(72):
        told(time, f"app-{n % 9}", 30 * DAY + n)
    assert time.seconds > 30 * DAY


def test_who_never_comes_back_is_forgotten_after_so_many_calls_of_others() -> None:
    time = MajorityTime()
    for n in range(16):
        told(time, f"gone-{n}", float(n))
    for n in range(50_100):
        told(time, "left", DAY + n)
    assert time.seconds > DAY


def test_the_same_name_of_another_tenant_is_another_witness() -> None:
    time = MajorityTime()
    told(time, "erp", 5e8)
    assert told(time, "erp", 10.0, tenant="A2") == 10.0
