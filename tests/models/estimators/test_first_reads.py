"""A theft among people, and among machines, is rare; an honest day is not."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from models.estimators.first_reads import FirstReads, follow, suddenness


def people(days: int = 400, seed: int = 1) -> FirstReads:
    """Most days have a few new files, some a whole folder, whoever reads."""
    rng, fleet = Random(seed), FirstReads()
    cohort = FirstReads(fleet)
    for _ in range(days):
        cohort.learn(rng.lognormvariate(1.5, 1.6), usual=rng.uniform(1.0, 5.0))
    fleet.end_day()
    cohort.end_day()
    return cohort


def machines(days: int = 400, seed: int = 1) -> FirstReads:
    """Each reads about as much as ever, but some a thousand times what others do."""
    rng, fleet = Random(seed), FirstReads()
    cohort = FirstReads(fleet)
    for _ in range(days):
        level = rng.uniform(1.0, 9.0)
        cohort.learn(rng.lognormvariate(level, 0.3), usual=level + 0.4)
    fleet.end_day()
    cohort.end_day()
    return cohort


def test_among_people_a_number_is_rare_by_itself() -> None:
    cohort = people()
    quiet, busy = cohort.surprise(1500, 2.0), cohort.surprise(1500, 5.0)
    assert 2.0 < busy <= quiet
    assert cohort.surprise(30, 2.0) < 1.5


def test_among_machines_a_number_is_rare_for_the_one_that_never_read_so_many() -> None:
    cohort = machines()
    assert cohort.surprise(1500, 3.0) > 4.0
    assert cohort.surprise(1500, 7.5) < 1.5


def test_the_chance_that_it_tells_is_about_the_share_of_days() -> None:
    cohort, rng = people(days=3000), Random(2)
    scores = [
        cohort.surprise(rng.lognormvariate(1.5, 1.6), rng.uniform(1.0, 5.0)) for _ in range(4000)
    ]
    share = sum(score >= 2.0 for score in scores) / len(scores)
    assert 0.004 < share < 0.02


def test_one_theft_does_not_make_the_next_one_usual() -> None:
    before = people().surprise(5000, 3.0)
    cohort = people()
    cohort.learn(5000.0, 3.0)
    cohort.end_day()
    assert cohort.surprise(5000, 3.0) > 0.8 * before


@given(st.floats(0, 1e15), st.one_of(st.none(), st.floats(0, 40)))
def test_every_number_has_a_score_and_a_larger_one_no_smaller(
    new: float, usual: float | None
) -> None:
    cohort = people(days=50)
    assert 0.0 <= cohort.surprise(new, usual) <= cohort.surprise(2 * new + 1, usual)
    assert follow(usual, new) >= 0.0


def test_a_restored_cohort_scores_the_same() -> None:
    cohort = people()
    other = FirstReads(cohort.parent)
    other.restore(cohort.state)
    assert other.surprise(200, None) == cohort.surprise(200, None)


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_as_many_in_less_time_are_more_sudden(hour: float, before: float) -> None:
    assert suddenness(hour, hour + before) <= suddenness(hour + before, hour + before)
    assert hour <= suddenness(hour, hour + before) + 1e-6 * (1.0 + hour)


def test_many_thefts_do_not_make_the_next_one_usual() -> None:
    cohort = people()
    before = cohort.surprise(5000, 3.0)
    for _ in range(4):
        cohort.learn(5000.0, 3.0)
        cohort.end_day()
    assert cohort.surprise(5000, 3.0) > 0.7 * before > 2.0
