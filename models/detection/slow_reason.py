"""Explains slow growth: the days that stand out, beside the days before them."""

import math
from statistics import median
from typing import NamedTuple

from models.estimators.rolling_volume import DAYS_KEPT, RollingVolume
from models.incidents.counted import Counted
from models.incidents.incident import Reason
from models.incidents.reason_text import slow_text
from models.incidents.usual_range import UsualRange
from models.observation.features import FEATURES
from models.tuning.detection import (
    SLOW_LEAST_DAYS_TOLD,
    SLOW_LEAST_FACTOR_TOLD,
    SLOW_LEAST_SHARE_TOLD,
)


class SlowDays(NamedTuple):
    """A usual day among the last ones, the days before them, and how many are above those.

    `active` counts the days with the feature, `above` those of them above the usual day before, and
    `running` the newest of them that are so without a break.
    """

    typical: float
    usual: UsualRange
    active: int
    above: int
    running: int

    @property
    def is_outside(self) -> bool:
        """Whether even a usual one of them is beyond the largest day before."""
        return self.usual.high is not None and self.typical > self.usual.high

    @property
    def is_convincing(self) -> bool:
        """Whether a person would accept it as a reason."""
        if self.is_outside:
            return True
        expected = self.usual.expected
        grown = isinstance(expected, float) and self.typical >= SLOW_LEAST_FACTOR_TOLD * expected
        often = self.above >= max(SLOW_LEAST_DAYS_TOLD, SLOW_LEAST_SHARE_TOLD * self.active)
        return grown and often


def slow_days(habit: RollingVolume, feature: int, days: int) -> SlowDays:
    """Compare the last days of a feature with the days before them."""
    volumes = habit.volumes(feature)
    recent = [volume for volume in volumes[-days:] if volume]
    logs = sum(map(math.log1p, recent)) / max(1, len(recent))
    if days >= DAYS_KEPT:
        # All that is known of the days before is their mean.
        usual = UsualRange(float(round(math.expm1(habit.level(feature)))))
    else:
        before = sorted(volume for volume in volumes[:-days] if volume)
        bounds = (before[0], median(before), before[-1]) if before else None
        usual = UsualRange.of(bounds)
    middle = usual.expected if isinstance(usual.expected, float) else 0.0
    is_above = [volume > middle for volume in recent]
    running = len(is_above)
    if False in is_above:
        running = list(reversed(is_above)).index(False)
    typical = float(round(math.expm1(logs)))
    return SlowDays(typical, usual, len(recent), sum(is_above), running)


def slow_reason(  # noqa: PLR0917 - one call, in the order of the sentence
    name: str, found: SlowDays, feature: int, days: int, p_value: float, *, counted: Counted
) -> Reason:
    """Tell what slow growth shows, in days above the usual one."""
    usual = found.usual
    return Reason(
        feature=FEATURES[feature],
        window=f"{days}d",
        observed=found.typical,
        expected=usual.expected,
        low=usual.low,
        high=usual.high,
        p_value=p_value,
        contribution=0.0,
        days_above=found.above,
        text=slow_text(
            name,
            FEATURES[feature],
            found.typical,
            days,
            found.running if found.running == found.active else found.above,
            usual,
            is_running=found.running == found.active,
            counted=counted,
        ),
    )
