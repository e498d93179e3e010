"""Thresholds of hindsight hold the nominal rate exactly, and one-line rules count what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.detection_alarms import ALWAYS, Alarm, Highest, rule_alarms, with_hindsight
from bench.detection_score import Truth
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from streams.simulation import Attack

DAY = 86_400.0


def attack(principal: str, start: float, end: float) -> Attack:
    return Attack(
        attack_id="a", kind="burst", tenant="t", principal=principal, credential_id="k",
        start=start, end=end, data_classes=(), event_ids=(), times=(start, end), rows=(10, 30),
    )  # fmt: skip


def truth(days: int, *attacks: Attack) -> Truth:
    return Truth("small", 0.0, 10 * DAY, list(attacks), days)


def event(seconds: float, subjects: tuple[int, ...], records: int | None = None) -> AccessEvent:
    return AccessEvent(
        event_id=f"{seconds}", time=seconds, tenant="t", principal="p",
        principal_kind=PrincipalKind.APPLICATION, service="orders", operation="getOrders",
        outcome=Outcome.SUCCESS, data_classes=(DataClass.CUSTOMER,), subject_ids=subjects,
        records=records,
    )  # fmt: skip


@given(st.lists(st.floats(0.1, 100.0), min_size=20, max_size=60, unique=True))
def test_exactly_the_nominal_share_of_honest_days_is_paged(values: list[float]) -> None:
    alarms = [Alarm(f"p{n}", 10.0, value) for n, value in enumerate(values)]
    _, scores = with_hindsight([(truth(len(values)), alarms)], 0.1)
    assert scores[0].false_pages == int(0.1 * len(values))


def test_alarms_of_a_victim_do_not_raise_the_threshold() -> None:
    stolen = attack("victim", 100.0, 200.0)
    alarms = [Alarm("victim", 150.0, 50.0), Alarm("honest", 150.0, 9.0), Alarm("other", 1.0, 5.0)]
    threshold, scores = with_hindsight([(truth(10, stolen), alarms)], 0.1)
    assert 5.0 < threshold < 9.0
    assert scores[0].outcomes[0].share_read == 0.25
    assert scores[0].false_pages == 1


def test_what_always_pages_counts_at_any_threshold() -> None:
    alarms = [Alarm(name, 1.0, ALWAYS) for name in "abc"]
    threshold, scores = with_hindsight([(truth(10), alarms)], 0.1)
    assert threshold == ALWAYS
    assert scores[0].false_pages == 3


def test_days_before_the_judged_ones_say_nothing_of_the_threshold() -> None:
    judged = Truth("small", 5 * DAY, 10 * DAY, [], 10)
    alarms = [Alarm("a", DAY, 99.0), Alarm("b", 6 * DAY, 3.0)]
    threshold, _ = with_hindsight([(judged, alarms)], 0.01)
    assert 3.0 < threshold < 99.0


def test_only_a_new_maximum_of_the_day_is_kept() -> None:
    highest = Highest()
    for seconds, value in ((1.0, 2.0), (2.0, 1.0), (3.0, 4.0), (DAY + 5.0, 1.0)):
        highest.add("p", seconds, value)
    assert [alarm.value for alarm in highest.alarms] == [2.0, 4.0, 1.0]


@pytest.mark.parametrize(
    ("rule", "value"),
    [("records an hour", 9.0), ("objects an hour", 3.0), ("new objects an hour", 1.0)],
)
def test_rules_count_records_objects_and_new_objects(rule: str, value: float) -> None:
    before = [event(10.0, (1, 2), records=2)]
    now = [event(3700.0, (1, 2, 3), records=4), event(3800.0, (3,), records=5)]
    found = rule_alarms(Truth("small", 3600.0, DAY, [], 1), [*before, *now])
    assert found[rule][-1].value == value


def test_a_log_without_records_counts_objects_else_calls() -> None:
    found = rule_alarms(truth(1), [event(10.0, (1, 2)), event(20.0, ())])
    assert found["records an hour"][-1].value == 3.0


def test_harmless_data_and_services_are_not_counted() -> None:
    harmless = AccessEvent(
        event_id="1", time=1.0, tenant="t", principal="p", service="catalog", operation="x",
        principal_kind=PrincipalKind.APPLICATION, outcome=Outcome.SUCCESS,
        data_classes=(DataClass.CATALOG,), records=50,
    )  # fmt: skip
    assert not any(rule_alarms(truth(1), [harmless]).values())
