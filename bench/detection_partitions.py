"""Measures what detection loses when principals are split over several partitions.

Run ``python -m bench.detection_partitions``; each partition has its own detector, which
learns cohorts and thresholds only from its own principals. The seeds are those of tuning.
"""

import argparse
import gc
from concurrent.futures import ProcessPoolExecutor

from bench.detection import NOMINALS
from bench.detection_own import pages_of
from bench.detection_score import Score, false_page_rate, recall, score, truth_of
from bench.detection_stream import world_stream


def main() -> None:
    """Print recall and false pages by nominal rate and number of partitions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--partitions", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    tasks = [(seed, options.partitions) for seed in options.seeds]
    with ProcessPoolExecutor(options.processes) as pool:
        results = list(pool.map(_measure, tasks))
    print(
        "| partitions | nominal | recall | false pages a principal-day |",
        "|---|---|---|---|",
        sep="\n",
    )
    for partitions, nominal in results[0]:
        scores = [result[partitions, nominal] for result in results]
        found, rate = recall(scores), false_page_rate(scores)
        print(f"| {partitions} | {nominal} | {found:.2f} | {rate:.4f} |")


def _measure(task: tuple[int, list[int]]) -> dict[tuple[int, float], Score]:
    seed, partitions = task
    gc.disable()
    stream = world_stream("account", seed)
    truth = truth_of(stream)
    return {
        (number, nominal): score(truth, pages_of(stream, nominal, declared=True, partitions=number))
        for number in partitions
        for nominal in NOMINALS
    }


if __name__ == "__main__":
    main()
