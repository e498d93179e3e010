"""Alternatives to the detector, on the same windows of the same run."""

import math
import statistics
from collections.abc import Callable
from typing import Any, Protocol

from river import anomaly, compose, preprocessing


class Scorer(Protocol):
    """Scores a closed hour, then learns it; one for each principal or for all."""

    def score(self, principal: str, x: dict[str, float]) -> float:
        """Return how unusual an hour is."""
        ...

    def learn(self, principal: str, x: dict[str, float]) -> None:
        """Learn the hour."""
        ...


class OneModel:
    """One of River's models over the hours of all principals, on logarithms.

    Parameters
    ----------
    make
        Makes the model.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._model = make()

    def score(self, principal: str, x: dict[str, float]) -> float:
        """Return the model's score."""
        del principal
        return float(self._model.score_one(x))

    def learn(self, principal: str, x: dict[str, float]) -> None:
        """Let the model learn."""
        del principal
        self._model.learn_one(x)


class GaussianEach:
    """River's GaussianScorer for each principal and feature; the surprises are summed."""

    def __init__(self) -> None:
        self._models: dict[tuple[str, str], Any] = {}

    def score(self, principal: str, x: dict[str, float]) -> float:
        """Return the sum of ``-log10`` of the upper tails."""
        total = 0.0
        for name, value in x.items():
            model = self._models.get((principal, name))
            if model is not None and model.gaussian.n_samples > 12:
                sigma = max(0.05, model.gaussian.sigma)
                z = (value - model.gaussian.mu) / sigma
                total -= math.log10(max(1e-300, 0.5 * math.erfc(z / math.sqrt(2))))
        return total

    def learn(self, principal: str, x: dict[str, float]) -> None:
        """Learn every feature."""
        for name, value in x.items():
            model = self._models.setdefault(
                (principal, name), anomaly.GaussianScorer(window_size=None, grace_period=12)
            )
            model.learn_one(None, value)


class StaticThreshold:
    """The raw number of records in the hour: one threshold for everybody."""

    def score(self, principal: str, x: dict[str, float]) -> float:
        """Return the logarithm of the records read, or of the calls."""
        del principal
        return x.get("records", x["calls"])

    def learn(self, principal: str, x: dict[str, float]) -> None:
        """Learn nothing."""


class ZScoreRule:
    """The rule that SIEMs ship: an hour against the mean and deviation of the principal's hours."""

    def __init__(self) -> None:
        self._hours: dict[tuple[str, str], list[float]] = {}

    def score(self, principal: str, x: dict[str, float]) -> float:
        """Return the larger z-score of calls and records, not on logarithms."""
        best = 0.0
        for name in ("calls", "records"):
            hours = self._hours.get((principal, name), [])
            if name in x and len(hours) >= 24:
                value = math.expm1(x[name])
                spread = max(1.0, statistics.pstdev(hours))
                best = max(best, (value - statistics.fmean(hours)) / spread)
        return best

    def learn(self, principal: str, x: dict[str, float]) -> None:
        """Keep the last two weeks of hours."""
        for name in ("calls", "records"):
            if name in x:
                hours = self._hours.setdefault((principal, name), [])
                hours.append(math.expm1(x[name]))
                del hours[:-336]


def peers() -> dict[str, Scorer]:
    """Make a new instance of every peer.

    PySAD's LODA is included if the package is installed.
    """

    def scaled(model: Any) -> Any:  # noqa: ANN401 - River's models carry no types
        return compose.Pipeline(preprocessing.MinMaxScaler(), model)

    found: dict[str, Scorer] = {
        "River HalfSpaceTrees": OneModel(
            lambda: scaled(anomaly.HalfSpaceTrees(n_trees=25, height=8, window_size=250, seed=1))
        ),
        "River LODA": OneModel(lambda: anomaly.LODA(n_random_cuts=50, seed=1)),
        "River GaussianScorer": GaussianEach(),
        "River OneClassSVM, QuantileFilter": OneModel(
            lambda: compose.Pipeline(
                preprocessing.StandardScaler(),
                anomaly.QuantileFilter(anomaly.OneClassSVM(nu=0.1), q=0.99),
            )
        ),
        "static threshold": StaticThreshold(),
        "z-score rule": ZScoreRule(),
    }
    pysad = _pysad_loda()
    if pysad is not None:
        found["PySAD LODA"] = pysad
    return found


class PysadLoda:
    """PySAD's LODA over the hours of all principals.

    Parameters
    ----------
    model
        An instance of ``pysad.models.LODA``.
    """

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - PySAD carries no types
        self._model = model

    def score(self, principal: str, x: dict[str, float]) -> float:
        """Return the model's score."""
        del principal
        try:
            return float(self._model.score_partial(_vector(x)))
        except (AttributeError, ValueError, TypeError):
            # It cannot score before it has learnt something.
            return 0.0

    def learn(self, principal: str, x: dict[str, float]) -> None:
        """Let the model learn."""
        del principal
        self._model.fit_partial(_vector(x))


def _vector(x: dict[str, float]) -> Any:  # noqa: ANN401 - numpy comes with River
    import numpy as np  # noqa: PLC0415

    return np.array([x.get(name, 0.0) for name in ALL_FEATURES])


def _pysad_loda() -> Scorer | None:
    try:
        from pysad.models import LODA  # noqa: PLC0415
    except ImportError:
        return None
    return PysadLoda(LODA(num_bins=10, num_random_cuts=50))


ALL_FEATURES = (
    "calls", "records", "bytes", "customer_records", "payment_records", "financial_records",
    "supplier_records", "workforce_records", "inventory_records", "subjects", "largest_read",
    "failures", "secrets", "new_operation", "new_network", "new_agent",
)  # fmt: skip
