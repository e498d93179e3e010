"""Measures the detector's cost: time per event and per score, memory, snapshots.

Run ``make bench-detector-cost``. River's own estimators are measured in the same run.
"""

import gc
import time
import tracemalloc
from collections.abc import Callable
from statistics import median
from typing import Final
from unittest.mock import patch

from river import anomaly

from bench.hours import closed_hours
from bench.simulated_stream import simulated_stream
from models.detection import scorer
from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.estimators.hour_volume import HourVolume
from models.estimators.volume_shape import VolumeShape

_SEED: Final = 1
_WARM: Final = 200_000
_ROUND: Final = 20_000
_ROUNDS: Final = 7


def main() -> None:
    """Print the table."""
    gc.disable()
    stream = simulated_stream(_SEED)
    events = stream.events[: _WARM + _ROUNDS * _ROUND]
    print("| what | cost |\n|---|---|")
    for name, value in (*_detector(events), *_rescores(events), *_estimators(events)):
        print(f"| {name} | {value} |")


def _detector(events: list[AccessEvent]) -> list[tuple[str, str]]:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(events[:_WARM])
    detector.take_changes()
    every = [
        _microseconds(lambda part=part: detector.process_batch(part), len(part))
        for part in _rounds(events[_WARM:])
    ]
    snapshots = [len(v) for k, v in detector.take_changes().items() if k.startswith(b"principal")]
    return [
        ("an event, everything included", f"{median(every):.1f} us"),
        ("memory a principal", f"{_bytes_a_principal(events[:_WARM]):,.0f} bytes"),
        ("snapshot a principal, median", f"{median(snapshots):,.0f} bytes"),
        ("snapshot a principal, largest", f"{max(snapshots):,} bytes"),
    ]


class _Counted:
    """A function that counts its calls."""

    def __init__(self, function: Callable[..., object]) -> None:
        self.calls = 0
        self._function = function

    def __call__(self, *arguments: object) -> object:
        self.calls += 1
        return self._function(*arguments)


def _rescores(events: list[AccessEvent]) -> list[tuple[str, str]]:
    """Time each event on its own, and note whether its hour was rescored."""
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(events[:_WARM])
    rescored, without = [], []
    score = _Counted(scorer.score_channels)
    with patch("models.detection.scorer.score_channels", score):
        for event in events[_WARM:]:
            before = score.calls
            begun = time.perf_counter()
            detector.process(event)
            spent = time.perf_counter() - begun
            (without if score.calls == before else rescored).append(spent)
    return [
        ("events whose hour is rescored", f"{len(rescored) / (len(events) - _WARM):.0%}"),
        ("an event with a rescore, median", f"{_usual(rescored):.1f} us"),
        ("an event without one, median", f"{_usual(without):.1f} us"),
    ]


def _usual(seconds: list[float]) -> float:
    return (median(seconds) if seconds else 0.0) * 1e6


def _rounds(events: list[AccessEvent]) -> list[list[AccessEvent]]:
    return [events[first : first + _ROUND] for first in range(0, len(events), _ROUND)]


def _microseconds(run: Callable[[], object], times: int) -> float:
    begun = time.process_time()
    run()
    return (time.process_time() - begun) / times * 1e6


def _bytes_a_principal(events: list[AccessEvent]) -> float:
    """Copy the state of each principal under new names and measure the copies."""
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(events)
    changes = detector.take_changes()
    principals = {k: v for k, v in changes.items() if k.startswith(b"principal")}
    copies = 20
    many = {
        key + b"#%d" % number: value
        for key, value in principals.items()
        for number in range(copies)
    }
    other = Detector(DetectorSettings(), {})
    other.restore({k: v for k, v in changes.items() if not k.startswith(b"principal")})
    gc.collect()
    tracemalloc.start()
    other.restore(many)
    gc.collect()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used / len(many)


def _estimators(events: list[AccessEvent]) -> list[tuple[str, str]]:
    hours = [hour.features for hour in closed_hours(events[:_WARM])][:3000]
    models = {
        "HourVolume": HourVolume(VolumeShape()),
        "River HalfSpaceTrees": anomaly.HalfSpaceTrees(n_trees=25, height=8, seed=1),
        "River LODA, 100 cuts": anomaly.LODA(seed=1),
        "River OneClassSVM": anomaly.OneClassSVM(),
    }
    rows = []
    for name, model in models.items():
        learnt = _microseconds(lambda m=model: [m.learn_one(x) for x in hours], len(hours))
        scored = _microseconds(lambda m=model: [m.score_one(x) for x in hours], len(hours))
        rows.append((f"{name}: a score, an hour learnt", f"{scored:.1f} us, {learnt:.1f} us"))
    return rows


if __name__ == "__main__":
    main()
