"""Compares detection with its peers in every family of worlds, on the same events.

Run ``make bench-detection``; it writes docs/detection.md and docs/detection.svg from the reporting
seeds. ``python -m bench.detection --tuning --families churn --seeds 4 --own`` prints the tables of
tuning seeds, without peers, and writes nothing.
"""

import argparse
import gc
import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Final, NamedTuple

from bench.detection_alarms import Alarm, peer_alarms, rule_alarms
from bench.detection_own import pages_of, run_own
from bench.detection_page import Family, tables, write_page
from bench.detection_peers import peers
from bench.detection_score import Page, Truth, truth_of
from bench.detection_shown import shown_by_log
from bench.detection_stream import FAMILIES, RETAIL, retail_emitter, world_stream
from bench.hours import closed_hours
from streams.simulation.worlds import seeds_of

NOMINALS: Final = (0.01, 0.001)
# How many seeds of each family fit into the time, the costliest families first.
_SEEDS: Final = {
    "large": 3, "account": 4, RETAIL: 4, "churn": 8, "people": 16, "sparse": 16, "small": 20,
}  # fmt: skip


class Task(NamedTuple):
    """A world to measure, with or without peers."""

    family: str
    seed: int
    own_only: bool


class Run(NamedTuple):
    """What one world gave."""

    task: Task
    truth: Truth
    pages: dict[tuple[str, float], list[Page]]
    alarms: dict[tuple[str, float | None], list[Alarm]]
    shown: list[bool]
    seconds: float


def main() -> None:
    """Run all worlds and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=list(_SEEDS))
    parser.add_argument("--seeds", type=int, help="How many of each family.")
    parser.add_argument("--tuning", action="store_true", help="Tuning seeds; write nothing.")
    parser.add_argument("--own", action="store_true", help="Leave the peers out; write nothing.")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    options = parser.parse_args()
    begun = time.monotonic()
    tasks = list(_tasks(options))
    families: dict[str, Family] = {}
    for run in _measured(tasks, options.processes):
        family = families.setdefault(run.task.family, Family(run.task.family))
        family.add(run.task.seed, run.truth, run.pages, run.alarms, run.shown)
        minutes = (time.monotonic() - begun) / 60
        print(f"{minutes:5.1f} min: {run.task.family} {run.task.seed} took {run.seconds:.0f} s")
    found = [families[name] for name in FAMILIES if name in families]
    text = tables(found)
    if not (options.tuning or options.own):
        write_page(options.docs, found, text)
    print(text)
    print(f"measured in {(time.monotonic() - begun) / 60:.0f} minutes")


def _tasks(options: argparse.Namespace) -> Iterator[Task]:
    for family in options.families:
        if family == RETAIL and retail_emitter() is None:
            print("retail is skipped: no shared/worlds/retail/emit.py beside the checkout")
            continue
        seeds = seeds_of(family)
        chosen = seeds.tuning if options.tuning else seeds.reporting
        for seed in chosen[: options.seeds or _SEEDS[family]]:
            yield Task(family, seed, options.own)


def _measured(tasks: list[Task], processes: int) -> Iterator[Run]:
    """Measure in processes that each keep a core of their own."""
    count = multiprocessing.Value("i", 0)
    with ProcessPoolExecutor(processes, initializer=_pin, initargs=(count,)) as pool:
        for future in as_completed([pool.submit(measure, task) for task in tasks]):
            yield future.result()


def _pin(count: "Synchronized[int]") -> None:
    with count.get_lock():
        number, count.value = count.value, count.value + 1
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[number % len(cores)]})
    gc.disable()


def measure(task: Task) -> Run:
    """Measure one world."""
    begun = time.perf_counter()
    stream = world_stream(task.family, task.seed)
    truth = truth_of(stream)
    pages: dict[tuple[str, float], list[Page]] = {}
    alarms: dict[tuple[str, float | None], list[Alarm]] = {}
    for nominal in NOMINALS:
        own = run_own(stream, nominal)
        pages["sellerwatch", nominal] = own.pages
        pages["sellerwatch's rules alone", nominal] = own.rule_pages
        alarms["sellerwatch", nominal] = own.alarms
        if stream.profiles and not task.own_only:
            name = "sellerwatch, all declared"
            pages[name, nominal] = pages_of(stream, nominal, declared=True)
    for name, found in rule_alarms(truth, stream.events).items():
        alarms[name, None] = found
    hours = list(closed_hours(stream.events))
    if not task.own_only:
        for name, peer in peers().items():
            alarms[name, None] = peer_alarms(truth, hours, peer)
    shown = shown_by_log(truth, hours)
    result = Run(task, truth, pages, alarms, shown, time.perf_counter() - begun)
    del stream
    gc.collect()
    return result


if __name__ == "__main__":
    main()
