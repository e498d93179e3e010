"""Measures false pages on the day of a promotion: four times the traffic that orders drive.

Run ``python -m bench.promotion``; nobody attacks, and nothing is declared. On each seed the
promotion falls on one of the days 9 to 11.
"""

import argparse
import gc
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.domain.partitioner import partition_of
from models.domain.time_units import DAY_SECONDS
from models.incidents.incident import Incident
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.simulation import Simulation, SimulationSettings

_DAYS: Final = 13
_PRINCIPALS: Final = 60
_SEEDS: Final = (303, 304, 305, 308)
_KEY: Final = bytes(range(32))


def main() -> None:
    """Print false pages a principal-day, on the day of the promotion and on others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=_SEEDS)
    parser.add_argument("--partitions", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    tasks = [(seed, options.partitions) for seed in options.seeds]
    with ProcessPoolExecutor(options.processes) as pool:
        pages = sum(pool.map(_pages, tasks), Counter[str]())
    days = _PRINCIPALS * len(options.seeds)
    for name, length in (("promotion", 1), ("other", _DAYS - 1)):
        rate = pages[name] / (days * length)
        print(f"{name}: {pages[name]} false pages, {rate:.4f} a principal-day")


def _pages(task: tuple[int, int]) -> Counter[str]:
    seed, partitions = task
    gc.disable()
    simulation = Simulation(
        SimulationSettings(
            seed=seed,
            days=_DAYS,
            principals=_PRINCIPALS,
            attacks="none",
            confounders=("promotion",),
        )
    )
    (promotion,) = simulation.confounders
    day = int((promotion.start - simulation.settings.start_seconds) // DAY_SECONDS)
    if day < _DAYS // 2:
        message = f"seed {seed} has its promotion on day {day + 1}: choose another seed"
        raise SystemExit(message)
    return Counter(
        "promotion" if promotion.start <= page.paged_at.timestamp() < promotion.end else "other"
        for page in _incidents(simulation, partitions)
        if page.paged_at is not None
    )


def _incidents(simulation: Simulation, partitions: int) -> list[Incident]:
    parser = make_parser(Settings(), "auto", _KEY)
    detectors = [Detector(DetectorSettings(), {}, number) for number in range(partitions)]
    found: dict[str, Incident] = {}
    for one in simulation.records():
        for event in parser.parse(one.record, source="simulated", position=""):
            if isinstance(event, AccessEvent):
                detector = detectors[partition_of(event.tenant, event.principal, partitions)]
                found.update((i.incident_id, i) for i in detector.process(event))
    return list(found.values())


if __name__ == "__main__":
    main()
