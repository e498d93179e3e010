"""Measures what the priors of the thresholds are learnt from: honest days of several families.

Run ``make bench-priors``; it prints, for each family and channel, the score of one day in ten and
the mean excess above it, and the median over the families that have enough days. What is chosen
from it stands in ``CALIBRATION_PRIORS`` (models/tuning/estimators.py). Only tuning seeds are read.
"""

import argparse
import gc
from collections import defaultdict
from collections.abc import Mapping
from math import log
from statistics import median
from typing import Any, Final
from unittest.mock import patch

from bench.detection_stream import RETAIL, WorldStream, retail_emitter, world_stream
from models.detection import day_close
from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import PrincipalState
from models.tuning.detection import MATURE_AFTER_DAYS
from models.tuning.estimators import TAIL_THRESHOLD_WINSOR_QUANTILE
from streams.simulation.worlds import seeds_of

# How many tuning seeds of each family.
_SEEDS: Final = {"small": 10, "sparse": 4, "churn": 3, "account": 1, "people": 1, RETAIL: 1}
# The tail begins at one day in ten; that of new values, which are rarer, at one in a hundred.
_QUANTILE: Final = 0.9
_QUANTILES: Final = {"novelty": 0.99}
_LEAST_DAYS: Final = 100
_DAY_SECONDS: Final = 86_400.0
Maxima = dict[str, list[float]]


def main() -> None:
    """Print base and scale of each channel in each family."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", nargs="+", choices=_SEEDS, default=list(_SEEDS))
    options = parser.parse_args()
    fits: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for family in options.families:
        if family == RETAIL and retail_emitter() is None:
            continue
        found: Maxima = defaultdict(list)
        for seed in seeds_of(family).tuning[: _SEEDS[family]]:
            _add_honest_days(world_stream(family, seed), found)
            gc.collect()
        for channel, maxima in found.items():
            base, scale = tail_of(maxima, _QUANTILES.get(channel, _QUANTILE))
            print(f"{family:8} {channel:8} {len(maxima):6} days: {base:.2f}, {scale:.2f}")
            if len(maxima) >= _LEAST_DAYS:
                fits[channel].append((base, scale))
    for channel, both in fits.items():
        bases, scales = zip(*both, strict=True)
        print(f"median   {channel:8} {median(bases):.2f}, {median(scales):.2f}")


def tail_of(maxima: list[float], quantile: float = _QUANTILE) -> tuple[float, float]:
    """Return the score of one day in ten, and the mean excess of the tail, winsorised.

    Where the tail begins at a rarer day, the score is where its line meets one day in ten.

    Examples
    --------
    >>> base, scale = tail_of([float(n) for n in range(100)])
    >>> base, round(scale, 1)
    (90.0, 5.0)
    >>> base, scale = tail_of([0.0] * 98 + [1.0, 2.0], 0.98)
    >>> round(base, 2), scale
    (-0.61, 1.0)
    """
    ordered = sorted(maxima)
    base = ordered[int(quantile * len(ordered))]
    most = ordered[min(len(ordered) - 1, int(TAIL_THRESHOLD_WINSOR_QUANTILE * len(ordered)))]
    excess = [min(score, most) - base for score in ordered if score > base]
    scale = sum(excess) / len(excess) if excess else 0.0
    return base - scale * log((1 - _QUANTILE) / (1 - quantile)), scale


def _add_honest_days(stream: WorldStream, found: Maxima) -> None:
    """Add the maxima of the days that teach the thresholds, without those of victims."""
    detector = Detector(DetectorSettings(), {}, 0, frozenset())
    robbed = {
        (attack.principal, day)
        for attack in stream.attacks
        for day in range(int(attack.start // _DAY_SECONDS), int(attack.end // _DAY_SECONDS) + 3)
    }
    close = day_close.close_day

    def watch(memory: DetectorMemory, profiles: Mapping[str, Any]) -> None:
        for (_, principal), state in memory.states.items():
            if (principal, state.facts.day) not in robbed:
                _add(state, found)
        close(memory, profiles)

    with patch("models.detection.period_close.close_day", watch):
        for event in stream.events:
            detector.process(event)


def _add(state: PrincipalState, found: Maxima) -> None:
    facts = state.facts
    if not any(value > 0.0 for value in facts.today):
        return
    for channel, least_days in MATURE_AFTER_DAYS.items():
        if state.days.days + 1 >= least_days:
            found[channel].append(facts.maxima.get(channel, 0.0))


if __name__ == "__main__":
    main()
