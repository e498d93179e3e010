"""Profiles a worker without Kafka: prints the ten most expensive functions.

Run with `python bench/throughput_profile.py`. The profiler slows everything down, so
read the order, not the seconds. The same work is timed first without the profiler.
"""

import cProfile
import pstats
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from throughput_load import simulated_events

from models.domain.access_event import AccessEvent
from models.domain.event_batch import encode_batch
from models.domain.partitioner import partition_of
from streams.exporters.worker_metrics import WorkerMetrics
from streams.settings.settings import Settings
from streams.worker.detector_factory import DetectorFactory
from streams.worker.partition_detectors import PartitionDetectors

PARTITIONS = 4
BATCH = 250


def main() -> None:
    """Score the simulated days twice: timed, then profiled."""
    events = simulated_events(Settings())
    messages = list(_messages(events))
    began = time.perf_counter()
    _score(messages)
    print(f"{len(events) / (time.perf_counter() - began):,.0f} events/s decoded and scored")
    profile = cProfile.Profile()
    profile.runcall(_score, messages)
    pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(10)


def _messages(events: list[AccessEvent]) -> list[tuple[int, int, bytes]]:
    waiting: dict[int, list[AccessEvent]] = {number: [] for number in range(PARTITIONS)}
    offsets = dict.fromkeys(range(PARTITIONS), 0)
    messages = []
    for event in events:
        partition = partition_of(event.tenant, event.principal, PARTITIONS)
        waiting[partition].append(event)
        if len(waiting[partition]) == BATCH:
            messages.append((partition, offsets[partition], encode_batch(waiting[partition])))
            waiting[partition] = []
            offsets[partition] += 1
    return messages


def _score(messages: list[tuple[int, int, bytes]]) -> None:
    detectors = PartitionDetectors(
        DetectorFactory.load(Settings()).make,
        WorkerMetrics(top_incidents=40),
        quiet_seconds=3600.0,
        idle_seconds=300.0,
    )
    for partition in range(PARTITIONS):
        detectors.open(partition, 0)
    for message in messages:
        detectors.process(*message)


if __name__ == "__main__":
    main()
