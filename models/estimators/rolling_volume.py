"""How unusual a day, three days, a week or a month is for a principal."""

import math
from typing import Any, Final

import msgspec
from river.base import AnomalyDetector

from models.estimators.spreads import NORMAL, Spreads
from models.observation.features import DAY_FEATURES, FEATURES, LARGEST_VALUE
from models.tuning.estimators import (
    ROLLING_VOLUME_LEAST_DAYS,
    ROLLING_VOLUME_LEAST_LEVEL_DAYS,
    ROLLING_VOLUME_LEAST_SHARE,
    ROLLING_VOLUME_LEAST_TREND_DAYS,
    ROLLING_VOLUME_LEVEL_DAYS,
    ROLLING_VOLUME_PRIOR_DAYS,
    ROLLING_VOLUME_QUIET_SPREADS,
    ROLLING_VOLUME_RECENT_DAYS,
    ROLLING_VOLUME_TREND_DAYS,
    SPREADS_PRIOR_LOGARITHM,
)

DAYS_KEPT: Final = 30
# Steps of an eighth of a natural-log unit: one byte keeps a volume to within 6 %.
_STEPS_PER_UNIT: Final = 8.0
_GATED: Final = 255
_PLACES: Final = {name: place for place, name in enumerate(FEATURES[:DAY_FEATURES])}
_LOGS: Final = tuple(max(0.0, (step - 0.5) / _STEPS_PER_UNIT) for step in range(256))
_VOLUMES: Final = tuple(math.expm1(value) for value in _LOGS)


class DaysState(msgspec.Struct, array_like=True):
    """Volumes of the last 30 days, a byte each, newest day at ``day % 30``.

    `days` counts the closed days. `level` is the mean logarithm of each feature over the days
    that have left the ring; `weight` counts those days.
    """

    ring: bytearray = msgspec.field(default_factory=lambda: bytearray(DAYS_KEPT * DAY_FEATURES))
    days: int = 0
    level: list[float] = msgspec.field(default_factory=lambda: [0.0] * DAY_FEATURES)
    weight: float = 0.0


class RollingVolume(AnomalyDetector):
    """The volumes of a principal's last days, and how far recent days stand out.

    A day's score is its distance from the median day with the feature, in spreads. The score of
    the last three or seven days is the distance of their mean from that median, in standard
    errors. The spread is shrunk towards that of usual integrations
    (0.35 of the logarithm). `learn_one` closes a day, `score_one` gives the day's score.

    Examples
    --------
    >>> habit = RollingVolume()
    >>> for _ in range(14):
    ...     habit.learn_one({"records": 1000.0})
    >>> habit.score_one({"records": 1000.0}) < 1.0 < 3.0 < habit.score_one({"records": 5000.0})
    True
    """

    __slots__ = ("_cache", "_quiet", "_state", "spreads")

    def __init__(self, spreads: Spreads | None = None) -> None:
        self.spreads = spreads
        # None until a day is closed or the state is asked for: most names of a flood go before.
        self._state: DaysState | None = None
        # Derived from the ring: feature -> median logarithm, spread and number of days.
        self._cache: dict[int, tuple[float, float, int]] = {}
        # Derived, too: what `quiet_volumes` returns; empty until needed.
        self._quiet: list[float | None] = []

    @property
    def state(self) -> DaysState:
        """What was learnt."""
        if self._state is None:
            self._state = DaysState()
        return self._state

    @state.setter
    def state(self, state: DaysState) -> None:
        self._state, self._cache, self._quiet = state, {}, []

    @property
    def days(self) -> int:
        """How many days were closed."""
        return 0 if self._state is None else self._state.days

    def learn_one(self, x: dict[str, float]) -> None:
        """Close a day with these volumes."""
        values = [0.0] * DAY_FEATURES
        for name, value in x.items():
            if name in _PLACES:
                values[_PLACES[name]] = value
        self.close_day(values, gated=False)

    def close_day(self, values: list[float], *, gated: bool) -> None:
        """Close a day; a gated day is not learnt."""
        state, self._cache, self._quiet = self.state, {}, []
        place = state.days % DAYS_KEPT * DAY_FEATURES
        if state.days >= DAYS_KEPT and state.ring[place] != _GATED:
            state.weight = min(ROLLING_VOLUME_LEVEL_DAYS, state.weight + 1.0)
            for feature in range(DAY_FEATURES):
                moved = _LOGS[state.ring[place + feature]] - state.level[feature]
                state.level[feature] += moved / state.weight
        for feature in range(DAY_FEATURES):
            state.ring[place + feature] = _GATED if gated else step_of(values[feature])
        state.days += 1

    def score_one(self, x: dict[str, float]) -> float:
        """Return how many spreads a day's most unusual volume is above the median day."""
        scores = [self.day_score(_PLACES[n], v) for n, v in x.items() if n in _PLACES]
        return max(0.0, *scores) if scores else 0.0

    def day_score(self, feature: int, value: float, shift: float = 0.0) -> float:
        """Return the distance of one volume, less the `shift` that all have in common."""
        if value <= 0.0:
            return 0.0
        middle, spread, days = self.usual_day(feature)
        if days < ROLLING_VOLUME_LEAST_DAYS:
            return 0.0
        distance = (math.log1p(value) - middle - shift) / spread
        return normal_score(distance, days + ROLLING_VOLUME_PRIOR_DAYS)

    def usual_day(self, feature: int, delay_days: int = 0) -> tuple[float, float, int]:
        """Return median logarithm, spread and number of the days that had a feature.

        The newest `delay_days` are left out if enough other days are known.
        """
        if delay_days:
            steps = self._steps(feature)
            return self._usual(feature, steps[: max(delay_days, len(steps) - delay_days)])
        known = self._cache.get(feature)
        if known is None:
            known = self._cache[feature] = self._usual(feature, self._steps(feature))
        return known

    def _usual(self, feature: int, steps: list[int]) -> tuple[float, float, int]:
        logs = [_LOGS[step] for step in steps if 0 < step < _GATED]
        return _centre(logs, self.prior(feature))

    def quiet_volumes(self) -> list[float | None]:
        """Return the volumes that are nothing special in a day, by feature; None if unknown."""
        if not self._quiet:
            self._quiet = list(map(self._quiet_volume, range(DAY_FEATURES)))
        return self._quiet

    def _quiet_volume(self, feature: int) -> float | None:
        middle, spread, days = self.usual_day(feature)
        if days < ROLLING_VOLUME_LEAST_DAYS:
            return None
        return math.expm1(middle + ROLLING_VOLUME_QUIET_SPREADS * spread)

    def distance(self, feature: int, value: float) -> float | None:
        """Return the logarithm of a volume over that of the median day; None if unknown."""
        middle, _, days = self.usual_day(feature)
        return math.log1p(value) - middle if days >= ROLLING_VOLUME_LEAST_DAYS else None

    def has_recent(self, feature: int) -> bool:
        """Whether one of the last seven closed days had a feature."""
        recent = self._steps(feature)[-ROLLING_VOLUME_RECENT_DAYS:]
        return any(0 < step < _GATED for step in recent)

    def window_score(self, feature: int, days: int) -> float:
        """Return how far the last days exceed the days before them, as a normal deviate."""
        steps = self._steps(feature)
        before = [_LOGS[step] for step in steps[:-days] if 0 < step < _GATED]
        recent = [_LOGS[step] for step in steps[-days:] if 0 < step < _GATED]
        least = ROLLING_VOLUME_LEAST_SHARE * days
        if len(before) < ROLLING_VOLUME_LEAST_DAYS or len(recent) < least:
            return 0.0
        middle, spread, count = _centre(before, self.prior(feature))
        error = spread * math.sqrt(1.0 / len(recent) + 1.0 / count)
        distance = (sum(recent) / len(recent) - middle) / error
        return normal_score(distance, count + ROLLING_VOLUME_PRIOR_DAYS)

    def trend_score(self, feature: int, days: int = ROLLING_VOLUME_TREND_DAYS) -> float:
        """Return how certain the growth of the last days is, as a normal deviate.

        It is the slope of a line through the days' logarithms, in standard errors.
        """
        steps = self._steps(feature)[-days:]
        points = [(x, _LOGS[step]) for x, step in enumerate(steps) if 0 < step < _GATED]
        count = len(points)
        if count < ROLLING_VOLUME_LEAST_TREND_DAYS:
            return 0.0
        mean_x = sum(x for x, _ in points) / count
        mean_y = sum(y for _, y in points) / count
        width = sum((x - mean_x) ** 2 for x, _ in points)
        slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / width
        if slope <= 0.0:
            return 0.0
        rest = [y - mean_y - slope * (x - mean_x) for x, y in points]
        spread = _spread(rest, self.prior(feature))
        degrees = count + ROLLING_VOLUME_PRIOR_DAYS - 2
        return normal_score(slope * math.sqrt(width) / spread, degrees)

    def prior(self, feature: int) -> float:
        """Return the cohort's spread."""
        return SPREADS_PRIOR_LOGARITHM if self.spreads is None else self.spreads.of(feature)

    def month_score(self, feature: int) -> float:
        """Return how far the last 30 days exceed all days before them, in standard errors.

        Days without the feature count, too: who reads on some days only has a wide spread.
        """
        state = self.state
        if state.weight < ROLLING_VOLUME_LEAST_LEVEL_DAYS:
            return 0.0
        logs = [_LOGS[step] for step in self._steps(feature) if step != _GATED]
        mean = sum(logs) / max(1, len(logs))
        spread = max(
            self.usual_day(feature)[1], _spread([log - mean for log in logs], self.prior(feature))
        )
        error = spread * math.sqrt(1.0 / state.weight + 1.0 / DAYS_KEPT)
        return max(0.0, (mean - state.level[feature]) / error)

    def volumes(self, feature: int) -> list[float | None]:
        """Return the volumes of the days that are kept, oldest first; None for a gated one."""
        return [None if step == _GATED else _VOLUMES[step] for step in self._steps(feature)]

    def level(self, feature: int) -> float:
        """Return the mean logarithm of the days before those that are kept."""
        return self.state.level[feature]

    def recent_volume(self, feature: int, days: int) -> float:
        """Return the total volume of the last closed days."""
        return sum(_VOLUMES[s] for s in self._steps(feature)[-days:] if s != _GATED)

    def usual_range(self, feature: int) -> tuple[float, float, float] | None:
        """Return the smallest, the median and the largest day; None if nothing is known."""
        steps = sorted(s for s in self._steps(feature) if 0 < s < _GATED)
        if not steps:
            return None
        return _VOLUMES[steps[0]], _VOLUMES[steps[len(steps) // 2]], _VOLUMES[steps[-1]]

    def _steps(self, feature: int) -> list[int]:
        """Return a feature's days, oldest first."""
        state = self._state
        if state is None:
            return []
        column = list(state.ring[feature::DAY_FEATURES])
        place = state.days % DAYS_KEPT
        if state.days < DAYS_KEPT:
            return column[: state.days]
        return column[place:] + column[:place]

    @classmethod
    def _unit_test_params(cls) -> "list[dict[str, Any]]":
        return [{}]


def step_of(value: float) -> int:
    """Return the byte for a volume; 0 for none.

    Examples
    --------
    >>> step_of(0.0), step_of(1.0) < step_of(2.0), step_of(1e30)
    (0, True, 254)
    """
    if not value > 0.0:
        return 0
    return min(_GATED - 1, 1 + int(math.log1p(min(value, LARGEST_VALUE)) * _STEPS_PER_UNIT))


def normal_score(score: float, degrees: float) -> float:
    """Return the normal deviate that is as rare as a Student's t.

    D. L. Wallace, "Bounds on normal approximations to Student's and the chi-square
    distributions", 1959.

    Examples
    --------
    >>> normal_score(6.0, 5.0) < 4.0 < normal_score(6.0, 500.0)
    True
    """
    if score <= 0.0:
        return 0.0
    stretched = math.sqrt(degrees * math.log1p(score * score / degrees))
    return stretched * (8.0 * degrees + 1.0) / (8.0 * degrees + 3.0)


def _centre(logs: list[float], prior: float) -> tuple[float, float, int]:
    count = len(logs)
    if count == 0:
        return 0.0, prior, 0
    logs.sort()
    middle = (logs[(count - 1) // 2] + logs[count // 2]) / 2
    return middle, _spread([value - middle for value in logs], prior), count


def _spread(deviations: list[float], prior: float) -> float:
    # The mean deviation resists outliers, such as quiet weekends, better than the variance.
    total = NORMAL * sum(map(abs, deviations)) + ROLLING_VOLUME_PRIOR_DAYS * prior
    return total / (len(deviations) + ROLLING_VOLUME_PRIOR_DAYS)
