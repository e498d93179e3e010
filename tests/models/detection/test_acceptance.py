import pytest
from simulated_week import DAY, START, event

from models.detection.acceptance import drop_accepted
from models.domain.time_units import day_of, hour_of
from models.estimators.cohort import Cohort
from models.observation.features import RECORDS
from models.observation.window import Window
from models.state.principal_state import AcceptedIncident, PrincipalFacts, PrincipalState


def state_with(records: float, scores: dict[str, float], today: float = 0.0) -> PrincipalState:
    facts = PrincipalFacts(
        cohort="application", first_seen=START, last_seen=START, day=day_of(START)
    )
    facts.today[RECORDS] = today
    facts.accept(AcceptedIncident("i-1", records, scores))
    return PrincipalState(facts, Cohort(), 1.0)


def hour_of_reads(records: int) -> Window:
    window = Window(index=hour_of(START))
    window.add(event(0.0, records))
    return window


@pytest.mark.parametrize(
    ("records", "today", "score", "left"),
    [
        (1_000, 0.0, 5.0, {"hour": 0.0, "day": 0.0}),
        (1_001, 0.0, 5.0, {"hour": 5.0, "day": 5.0}),
        (1_000, 1.0, 5.0, {"hour": 0.0, "day": 5.0}),
        (10, 0.0, 5.1, {"hour": 5.1, "day": 5.1}),
    ],
)
def test_a_score_is_accepted_up_to_ten_times_the_size_that_was_judged(
    records: int, today: float, score: float, left: dict[str, float]
) -> None:
    state = state_with(100.0, {"hour": 5.0, "day": 5.0}, today)
    scores = {"hour": score, "day": score}
    drop_accepted(state, hour_of_reads(records), scores)
    assert scores == left


def test_a_large_benign_incident_does_not_lift_the_limit_of_a_small_one() -> None:
    state = state_with(10.0, {"hour": 9.0})
    state.facts.accept(AcceptedIncident("i-2", 10_000.0, {"hour": 2.0}))
    scores = {"hour": 8.0}
    drop_accepted(state, hour_of_reads(5_000), scores)
    assert scores == {"hour": 8.0}


def test_yesterday_does_not_count_into_a_day() -> None:
    state = state_with(100.0, {"day": 5.0}, today=5_000.0)
    state.facts.day = day_of(START - DAY)
    scores = {"day": 5.0}
    drop_accepted(state, hour_of_reads(100), scores)
    assert scores == {"day": 0.0}
