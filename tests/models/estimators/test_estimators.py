"""River's own checks, over every estimator of ours."""

import pickle
import random

import pytest
from river.checks import common

from models.estimators.drift import Drift
from models.estimators.hour_volume import HourVolume
from models.estimators.novelty import Novelty
from models.estimators.rolling_volume import RollingVolume

ESTIMATORS = [HourVolume, Novelty, RollingVolume, Drift]


def rows(count: int = 200) -> list[tuple[dict[str, float], bool]]:
    rng = random.Random(5)
    names = ("calls", "records", "bytes", "customer_records", "secrets")
    return [({n: rng.lognormvariate(3, 1) for n in names}, False) for _ in range(count)]


@pytest.mark.parametrize("make", ESTIMATORS)
@pytest.mark.parametrize(
    "check",
    [
        common.check_learn_one,
        common.check_predict_one_pure,
        common.check_emerging_features,
        common.check_disappearing_features,
        common.check_radically_disappearing_features,
        common.check_pickling,
    ],
    ids=lambda check: check.__name__,
)
def test_rivers_check_holds(make, check) -> None:
    model = make()
    assert check(model, rows()) is None
    assert model.score_one({"calls": 1.0}) >= 0.0


@pytest.mark.parametrize("make", ESTIMATORS)
def test_scoring_changes_nothing(make) -> None:
    model = make()
    for x, _ in rows(50):
        model.learn_one(x)
    before = pickle.dumps(model)
    first = model.score_one({"records": 1e9, "new": 1.0})
    model.score_one({"calls": 3.0})
    assert model.score_one({"records": 1e9, "new": 1.0}) == first
    after = pickle.loads(before)
    assert after.score_one({"records": 1e9, "new": 1.0}) == first
