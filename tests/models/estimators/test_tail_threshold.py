import math
import random

from hypothesis import given
from hypothesis import strategies as st

from models.estimators.tail_threshold import TailThreshold


def test_the_tail_of_exponential_days_is_held() -> None:
    rng, threshold = random.Random(4), TailThreshold(50.0)
    for _ in range(4000):
        threshold.learn_one(rng.expovariate(1.0))
    for p_value in (0.01, 0.001):
        truth = -math.log(p_value)
        assert abs(threshold.score_at(p_value) - truth) < 0.8
        assert abs(math.log10(threshold.p_value(truth)) - math.log10(p_value)) < 0.35


def test_one_attack_does_not_raise_the_bar() -> None:
    rng, threshold = random.Random(4), TailThreshold(50.0)
    for _ in range(2000):
        threshold.learn_one(rng.expovariate(1.0))
    before = threshold.score_at(0.01)
    threshold.learn_one(59.0)
    assert abs(threshold.score_at(0.01) - before) < 0.2


@given(st.lists(st.floats(0, 80), max_size=200), st.floats(0, 100), st.floats(0, 100))
def test_a_higher_score_is_never_likelier(days, one, other) -> None:
    threshold = TailThreshold(50.0)
    for day in days:
        threshold.learn_one(day)
    low, high = sorted((one, other))
    assert 0.0 <= threshold.p_value(high) <= threshold.p_value(low) <= 1.0
