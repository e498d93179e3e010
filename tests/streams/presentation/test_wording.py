from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.incidents.incident import Reason
from models.rules.canary import canary_read
from streams.presentation.wording import (
    chance,
    count,
    duration,
    of_principal,
    size,
    usual_range,
)


@given(st.integers(0, 10**18))
def test_sizes_and_counts_are_short(number: int) -> None:
    assert len(size(number)) <= 9
    assert len(count(number)) <= 19
    assert number >= 10**15 or count(number).replace(",", "") == str(number)


def test_time_left_is_said_in_two_units() -> None:
    assert duration(timedelta(hours=23, minutes=59)) == "23 h 59 min"
    assert duration(timedelta(days=3)) == "3 d"
    assert duration(timedelta(seconds=59)) == "59 s"
    assert duration(-timedelta(hours=2)) == "2 h"


def test_chances_are_whole_days() -> None:
    assert chance(1.0) == "1 normal day in 1"
    assert chance(0.01) == "1 normal day in 100"


def test_a_long_name_is_left_out_whole() -> None:
    event = AccessEvent(
        event_id="r-1",
        time=0.0,
        tenant="A1",
        principal="a" * 200,
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrder",
        outcome=Outcome.SUCCESS,
        subject_ids=(255,),
    )
    finding = canary_read(event, frozenset({255}))

    assert finding is not None
    text = of_principal(finding.reason.text, event.principal)
    assert text.startswith("It read the planted record 00000000000000ff ")


def usual_of(feature: str, **usual: float | str | None) -> str:
    return usual_range(
        Reason(
            feature=feature,
            window="day",
            observed=1.0,
            p_value=0.0,
            contribution=0.0,
            text="",
            **({"expected": None} | usual),
        )
    )


def test_what_is_usual_is_a_range_a_number_a_limit_or_words() -> None:
    assert usual_of("records", expected=1050.4, low=20.0, high=9000.0) == "1,050 (20 to 9,000)"
    assert usual_of("secrets", expected=0.0) == "0"
    assert usual_of("records") == "none"
    assert usual_of("customer_cap", high=2000.0) == "at most 2,000"
    assert usual_of("share_of_buyers", high=0.5) == "at most 50%"
    assert usual_of("purpose", expected="financial, payment") == "financial, payment"
    assert usual_of("network", expected="app\u202e-1") == "app\ufffd-1"
