"""Measures what detection loses when principals are split over several partitions.

Run ``python -m bench.detection_partitions --families churn --seeds 1 2``; each partition has its
own detector, which learns cohorts and thresholds only from its own principals. With ``--shared``,
they share these when a day closes. The seeds are those of tuning.
"""

import argparse
import gc
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from bench.detection_own import pages_of
from bench.detection_score import Score, false_page_rate, recall, score, truth_of
from bench.detection_stream import FAMILIES, world_stream


class Task(NamedTuple):
    """A world, and over how many partitions it is split."""

    family: str
    seed: int
    partitions: tuple[int, ...]
    nominals: tuple[float, ...]
    is_shared: bool
    is_declared: bool


def main() -> None:
    """Print recall and false pages by family, nominal rate and number of partitions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=["account"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--partitions", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--nominals", type=float, nargs="+", default=[0.01, 0.001])
    parser.add_argument("--shared", action="store_true", help="Share at the end of each day.")
    parser.add_argument("--declared", action="store_true", help="Everything is declared.")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    shape = (
        tuple(options.partitions),
        tuple(options.nominals),
        options.shared,
        options.declared,
    )
    tasks = [Task(family, seed, *shape) for family in options.families for seed in options.seeds]
    with ProcessPoolExecutor(options.processes) as pool:
        results = list(zip(tasks, pool.map(_measure, tasks), strict=True))
    print(
        "| family | partitions | nominal | attacks | recall | false pages a principal-day |",
        "|---|---|---|---|---|---|",
        sep="\n",
    )
    for family in options.families:
        for key in results[0][1]:
            scores = [found[key] for task, found in results if task.family == family]
            attacks = sum(len(one.outcomes) for one in scores)
            found, rate = recall(scores), false_page_rate(scores)
            print(f"| {family} | {key[0]} | {key[1]} | {attacks} | {found:.2f} | {rate:.4f} |")


def _measure(task: Task) -> dict[tuple[int, float], Score]:
    gc.disable()
    stream = world_stream(task.family, task.seed)
    truth = truth_of(stream)
    return {
        (number, nominal): score(
            truth,
            pages_of(
                stream,
                nominal,
                declared=task.is_declared,
                partitions=number,
                is_shared=task.is_shared,
            ),
        )
        for number in task.partitions
        for nominal in task.nominals
    }


if __name__ == "__main__":
    main()
