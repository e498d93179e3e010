import statistics

import pytest

from streams.simulation.seeds import lognormal, poisson, seeded_random


def test_a_stream_is_the_same_on_every_machine():
    assert seeded_random(7, "a").getrandbits(32) == seeded_random(7, "a").getrandbits(32)
    assert seeded_random(7, "ab", "c").random() != seeded_random(7, "a", "bc").random()


@pytest.mark.parametrize("mean", [0.2, 5.0, 80.0])
def test_poisson_has_its_mean_and_variance(mean):
    rng = seeded_random(1, "poisson")
    draws = [poisson(rng, mean) for _ in range(20_000)]
    assert statistics.fmean(draws) == pytest.approx(mean, rel=0.05)
    assert statistics.variance(draws) == pytest.approx(mean, rel=0.1)


def test_lognormal_has_its_median():
    rng = seeded_random(1, "lognormal")
    assert statistics.median(lognormal(rng, 50.0, 0.8) for _ in range(20_000)) == pytest.approx(
        50.0, rel=0.05
    )
