"""Compares detection with its peers, in the same run and on the same events.

Run ``make bench-detection``; it writes docs/detection.md and docs/detection.svg. The
reported seeds were held out: tuning used seeds 1 to 12.
"""

import argparse
import gc
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from bench.detection_page import write_page
from bench.detection_peers import peers
from bench.detection_score import Page, Score, judged_principal_days, score
from bench.hours import Hour, closed_hours
from bench.simulated_stream import DAYS, WARM_UP_DAYS, SimulatedStream, simulated_stream
from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.partitioner import partition_of

SEEDS: Final = tuple(range(101, 109))
NOMINALS: Final = (0.001, 0.01)
PLAIN: Final = "sellerwatch, nothing declared"
DECLARED: Final = "sellerwatch, principals and canaries declared"
_RUNS: Final = (
    *((PLAIN, nominal) for nominal in NOMINALS),
    (DECLARED, 0.001),
    (DECLARED, 0.01),
)
_DAY: Final = 86_400.0
# Time, principal and score of a page: a peer's threshold is fitted afterwards.
Alarms = list[tuple[float, str, float]]
# Our runs, the peers' alarms, the scored principal-days, and the stream without its events.
Result = tuple[dict[tuple[str, float], Score], dict[str, Alarms], int, SimulatedStream]


def main() -> None:
    """Run all seeds and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    options = parser.parse_args()
    begun = time.monotonic()
    results: list[Result] = []
    with ProcessPoolExecutor(options.processes) as pool:
        for result in pool.map(_measure, options.seeds):
            results.append(result)
            # Save the results so far in case the run is stopped.
            text = _report(options.docs, options.seeds[: len(results)], results)
    print(text)
    print(f"measured in {(time.monotonic() - begun) / 60:.0f} minutes")


def _report(docs: Path, seeds: list[int], results: list[Result]) -> str:
    truths = [result[3] for result in results]
    ours: dict[tuple[str, float], list[Score]] = defaultdict(list)
    for own, _, _, _ in results:
        for run, found in own.items():
            ours[run].append(found)
    others = {
        name: _with_hindsight(
            [
                (truth, alarms[name], days)
                for truth, (_, alarms, days, _) in zip(truths, results, strict=True)
            ]
        )
        for name in results[0][1]
    }
    return write_page(docs, dict(ours), others, seeds)


def _measure(seed: int) -> Result:
    gc.disable()
    stream = simulated_stream(seed)
    services = frozenset(n for n, (kind, _, _) in stream.profiles.items() if kind == "aws_service")
    days = judged_principal_days(stream, services)
    own = {
        (name, nominal): score(stream, pages_of(stream, name, nominal), days)
        for name, nominal in _RUNS
    }
    hours = closed_hours(stream.events)
    alarms = {name: _alarms(stream, hours, peer) for name, peer in peers().items()}
    stream.events = []
    return own, alarms, days, stream


def pages_of(stream: SimulatedStream, name: str, nominal: float, partitions: int = 1) -> list[Page]:
    """Run one detector per partition over the stream; return its pages."""
    profiles: dict[str, PrincipalProfile] = {}
    canaries: frozenset[int] = frozenset()
    if name == DECLARED:
        canaries = frozenset(stream.canary_hashes)
        profiles = {
            principal: PrincipalProfile(
                kind=kind,
                allowed_data_classes=frozenset(classes),
                expected_networks=networks or None,
            )
            for principal, (kind, classes, networks) in stream.profiles.items()
        }
    settings = DetectorSettings(false_pages_per_principal_day=nominal)
    detectors = [Detector(settings, profiles, n, canaries) for n in range(partitions)]
    paged: dict[str, Page] = {}
    for event in stream.events:
        place = partition_of(event.tenant, event.principal, partitions) if partitions > 1 else 0
        for incident in detectors[place].process(event):
            if incident.paged_at is not None:
                page = Page(incident.principal, incident.paged_at.timestamp())
                paged[incident.incident_id] = page
    return list(paged.values())


def _alarms(stream: SimulatedStream, hours: list[Hour], peer: object) -> Alarms:
    """Let a peer score each hour before learning it; the page comes when the hour closes."""
    begin = stream.start_seconds + WARM_UP_DAYS * _DAY
    best: dict[tuple[str, int], tuple[float, str, float]] = {}
    alarms: Alarms = []
    for hour in hours:
        value = peer.score(hour.principal, hour.features)  # type: ignore[attr-defined]
        if hour.end_seconds > begin and hour.is_sensitive:
            key = (hour.principal, int((hour.end_seconds - 1) // _DAY))
            known = best.get(key)
            # Only a new daily maximum can be the first score above a threshold.
            if known is None or value > known[2]:
                best[key] = (hour.end_seconds, hour.principal, value)
                alarms.append(best[key])
        peer.learn(hour.principal, hour.features)  # type: ignore[attr-defined]
    return alarms


def _with_hindsight(runs: list[tuple[SimulatedStream, Alarms, int]]) -> dict[float, list[Score]]:
    """Give a peer the threshold that, in hindsight, meets each nominal rate."""
    candidates = sorted({a[2] for _, alarms, _ in runs for a in alarms}, reverse=True)
    found: dict[float, list[Score]] = {}
    for nominal in NOMINALS:
        low, high = 0, len(candidates) - 1
        while low < high:
            middle = (low + high + 1) // 2
            scores = [_at(s, a, d, candidates[middle]) for s, a, d in runs]
            rate = sum(s.false_pages for s in scores) / sum(s.principal_days for s in scores)
            low, high = (middle, high) if rate <= nominal else (low, middle - 1)
        found[nominal] = [_at(s, a, d, candidates[low]) for s, a, d in runs]
    return found


def _at(stream: SimulatedStream, alarms: Alarms, days: int, threshold: float) -> Score:
    first: dict[tuple[str, int], Page] = {}
    for seconds, principal, value in alarms:
        if value >= threshold:
            key = (principal, int((seconds - 1) // _DAY))
            first.setdefault(key, Page(principal, seconds))
    return score(stream, first.values(), days)


if __name__ == "__main__":
    assert DAYS > WARM_UP_DAYS
    main()
