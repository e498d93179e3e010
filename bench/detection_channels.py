"""Measures whether another channel helps: River's LODA on hours, River's ADWIN on days.

Run ``python -m bench.detection_channels``. The detector gets the rest of the
budget, and the pages of both count. The seeds are those of tuning.
"""

import argparse
import gc
import math
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Final, NamedTuple

from river.anomaly import LODA
from river.drift import ADWIN

from bench.detection import NOMINALS
from bench.detection_own import pages_of
from bench.detection_score import Page, Score, false_page_rate, recall, score, truth_of
from bench.detection_stream import WorldStream, world_stream
from bench.hours import Hour, closed_hours
from models.estimators.tail_threshold import TailThreshold

_DAY: Final = 86_400.0
_MUTE_SECONDS: Final = 3 * _DAY
# Share of the budget for the added channel.
_SHARE: Final = 0.2
# LODA's scores are closer together than the steps of 0.1 in the threshold.
_STRETCH: Final = 10.0
_SENSITIVE: Final = (
    "customer_records", "payment_records", "financial_records", "supplier_records",
    "workforce_records", "inventory_records",
)  # fmt: skip
_COLUMNS: Final = ("as it is", "with LODA", "with ADWIN")


class Scored(NamedTuple):
    """The score of a channel for a principal at the end of an hour or a day."""

    seconds: float
    principal: str
    cohort: str
    score: float


def main() -> None:
    """Print recall and false pages at both nominal rates, with and without each channel."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    found: dict[tuple[float, str], list[Score]] = defaultdict(list)
    costs: dict[str, float] = defaultdict(float)
    with ProcessPoolExecutor(options.processes) as pool:
        for scores, cost in pool.map(_measure, options.seeds):
            for key, one in scores.items():
                found[key].append(one)
            for name, microseconds in cost.items():
                costs[name] += microseconds / len(options.seeds)
    kinds = ("burst", "trickle", "night_export", "ramp")
    print("| nominal | channels | recall | false pages a principal-day |", *kinds, "", sep=" | ")
    for (nominal, name), scores in sorted(found.items(), reverse=True):
        cells = [f"{recall(scores):.2f}", f"{false_page_rate(scores):.4f}"]
        cells += [f"{recall(scores, kind):.2f}" for kind in kinds]
        print("|", nominal, "|", name, "|", " | ".join(cells), "|")
    print({name: f"{cost:.0f} us an update" for name, cost in costs.items()})


def _measure(seed: int) -> tuple[dict[tuple[float, str], Score], dict[str, float]]:
    gc.disable()
    stream = world_stream("account", seed)
    truth = truth_of(stream)
    hours = closed_hours(stream.events)
    channels, costs = {}, {}
    for name, scored in (("with LODA", _loda), ("with ADWIN", _adwin)):
        begun = time.perf_counter()
        channels[name] = list(scored(stream, hours))
        costs[name] = (time.perf_counter() - begun) / max(1, len(channels[name])) * 1e6
    results = {}
    for nominal in NOMINALS:
        results[nominal, _COLUMNS[0]] = score(truth, pages_of(stream, nominal, declared=True))
        rest = pages_of(stream, nominal * (1 - _SHARE), declared=True)
        for name, scored_all in channels.items():
            pages = [*rest, *_held(scored_all, nominal * _SHARE)]
            results[nominal, name] = score(truth, pages)
    return results, costs


def _kind_of(stream: WorldStream, principal: str) -> str:
    return stream.profiles[principal][0] if principal in stream.profiles else "unknown"


def _loda(stream: WorldStream, hours: list[Hour]) -> Iterator[Scored]:
    """Score each closed hour against its cohort, then learn it."""
    models: dict[str, LODA] = {}
    for hour in hours:
        cohort = _kind_of(stream, hour.principal)
        model = models.setdefault(cohort, LODA(n_random_cuts=50, seed=1))
        value = float(model.score_one(hour.features)) if hour.is_sensitive else 0.0
        model.learn_one(hour.features)
        yield Scored(hour.end_seconds, hour.principal, cohort, _STRETCH * value)


def _adwin(stream: WorldStream, hours: list[Hour]) -> Iterator[Scored]:
    """Score each principal-day by the rise in volume that ADWIN detected."""
    days: dict[tuple[int, str], float] = defaultdict(float)
    for hour in hours:
        day = int((hour.end_seconds - 3600.0) // _DAY)
        read = max(hour.features.get(name, 0.0) for name in _SENSITIVE)
        days[day, hour.principal] += math.expm1(read)
    models: dict[str, ADWIN] = {}
    for (day, principal), volume in sorted(days.items()):
        model = models.setdefault(principal, ADWIN(clock=1, grace_period=5, min_window_length=3))
        before = model.estimation
        model.update(math.log1p(volume))
        risen = max(0.0, model.estimation - before) if model.drift_detected else 0.0
        yield Scored((day + 1) * _DAY, principal, _kind_of(stream, principal), risen)


def _held(scored: list[Scored], budget: float) -> list[Page]:
    """Page the days that are rarer than the budget, by the detector's own tail estimate."""
    tail, usual = TailThreshold(50.0), defaultdict(lambda: TailThreshold(1.0))
    best: dict[str, tuple[float, str]] = {}
    told: dict[str, float] = {}
    pages, day = [], 0
    for one in sorted(scored):
        if int((one.seconds - 1.0) // _DAY) != day:
            for value, cohort in best.values():
                tail.learn_one(max(0.0, value - usual[cohort].quantile(0.9) + 4.0))
                usual[cohort].learn_one(value)
            best, day = {}, int((one.seconds - 1.0) // _DAY)
        value = one.score - usual[one.cohort].quantile(0.9) + 4.0
        best[one.principal] = max(best.get(one.principal, (0.0, "")), (one.score, one.cohort))
        if tail.p_value(value) <= budget and told.get(one.principal, 0.0) <= one.seconds:
            told[one.principal] = one.seconds + _MUTE_SECONDS
            pages.append(Page(one.principal, one.seconds))
    return pages


if __name__ == "__main__":
    main()
