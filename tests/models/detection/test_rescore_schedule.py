"""A look is due when it can tell something, and not before."""

from hypothesis import given
from hypothesis import strategies as st

from models.detection.rescore_schedule import rescore_thresholds
from models.estimators.cohort import Cohort
from models.observation.features import BYTES, CALLS, FAILURES, FEATURES, MISSING, RECORDS, SECRETS
from models.observation.window import SEQUENCE, Window
from models.state.principal_state import PrincipalFacts, PrincipalState

_HABIT = {"calls": 40.0, "records": 2000.0, "bytes": 900_000.0}


def _principal(hours: int = 100, days: int = 0, day_records: float = 20_000.0) -> PrincipalState:
    state = PrincipalState(PrincipalFacts(cohort="erp", first_seen=0.0, last_seen=0.0), Cohort(), 2)
    for _ in range(hours):
        state.volume.learn_one(_HABIT)
    for _ in range(days):
        state.days.learn_one({"records": day_records})
    return state


def _window(**values: float) -> Window:
    window = Window(index=24 * 30)
    for name, value in values.items():
        window.values[FEATURES.index(name)] = value
    return window


def test_within_the_habit_no_look_is_due_before_it_is_left() -> None:
    looks = rescore_thresholds(_principal(), _window(calls=3.0, records=100.0), eager=False)
    assert looks[CALLS] > 40.0
    assert looks[RECORDS] > 2000.0
    assert looks[BYTES] > 900_000.0


def test_outside_of_the_habit_a_look_is_due_after_a_quarter_more() -> None:
    looks = rescore_thresholds(_principal(), _window(records=100_000.0), eager=False)
    assert looks[RECORDS] == 125_000.0


def test_without_a_habit_or_when_eager_growth_alone_decides() -> None:
    window = _window(records=100.0)
    assert rescore_thresholds(_principal(hours=5), window, eager=False)[RECORDS] == 125.0
    assert rescore_thresholds(_principal(), window, eager=True)[RECORDS] == 125.0


def test_a_class_never_read_is_looked_at_once() -> None:
    place = FEATURES.index("customer_records")
    assert rescore_thresholds(_principal(), _window(records=100.0), eager=False)[place] == 1.0


def test_a_full_day_is_looked_at_while_each_hour_is_usual() -> None:
    state = _principal(days=14)
    state.facts.day = 30
    window = _window(records=1000.0)
    usual = rescore_thresholds(state, window, eager=False)[RECORDS]
    assert usual > 2000.0
    state.facts.today[RECORDS] = 60_000.0
    looks = rescore_thresholds(state, window, eager=False)
    assert 1000.0 < looks[RECORDS] <= 1000.0 + 0.1 * 61_000.0 + 100.0


def test_secrets_and_failures_are_never_left_out() -> None:
    looks = rescore_thresholds(_principal(), _window(calls=3.0, failures=20.0), eager=False)
    assert looks[SECRETS] == 0.0
    assert looks[FAILURES] == 25.0


@given(
    values=st.lists(
        st.one_of(st.just(MISSING), st.floats(0, 1e16)),
        min_size=len(FEATURES),
        max_size=len(FEATURES),
    ),
    sequential=st.integers(0, 10**15),
    eager=st.booleans(),
)
def test_the_next_look_is_always_ahead(values: list[float], sequential: int, eager: bool) -> None:
    window = Window(index=24 * 30, values=values, sequential=sequential)
    looks = rescore_thresholds(_principal(days=10), window, eager=eager)
    assert looks[SEQUENCE] > sequential
    for place, value in enumerate(values):
        if place not in (SECRETS, FEATURES.index("subjects")):
            assert looks[place] > value
