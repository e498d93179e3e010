"""Thefts of files that are new to the reader, in a log without records or bytes, beside rules.

Run ``make bench-people``; docs/people.md has its table. The reported seeds were held out: tuning
used seeds 1 to 20.
"""

import argparse
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from random import Random
from statistics import median
from typing import Final, NamedTuple

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.simulation.attack import Attack
from streams.simulation.people import People, PeopleSettings

SEEDS: Final = tuple(range(301, 341))
NOMINALS: Final = (0.01, 0.001)
_KEY: Final = bytes(range(32))
_DAY: Final = 86_400.0
_HOUR: Final = 3600.0
_RESAMPLES: Final = 2000
# Principal, time, and the value of each rule then.
Alarm = tuple[str, float, float]


class Run(NamedTuple):
    """What one seed gave: for each way, which thefts it found, and its false pages."""

    thefts: list[Attack]
    principal_days: int
    pages: dict[float, list[Alarm]]
    alarms: dict[str, list[Alarm]]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    with ProcessPoolExecutor(options.processes) as pool:
        runs = list(pool.map(_measure, options.seeds))
    thefts, days = sum(len(r.thefts) for r in runs), sum(r.principal_days for r in runs)
    print(f"{len(runs)} seeds, {thefts} thefts, {days:,} judged principal-days\n")
    print("| what | nominal | recall (90 % interval) | false pages a principal-day | read before |")
    print("|---|---|---|---|---|")
    for nominal in NOMINALS:
        _row("sellerwatch", nominal, [(r, r.pages[nominal]) for r in runs])
    for rule in runs[0].alarms:
        for nominal in NOMINALS:
            value = _with_hindsight(runs, rule, nominal)
            alarms = [(r, [a for a in r.alarms[rule] if a[2] >= value]) for r in runs]
            _row(f"{rule}, {value:.1f} by hindsight", nominal, alarms)


def _measure(seed: int) -> Run:
    people = People(PeopleSettings(seed=seed))
    parser = make_parser(Settings(), "cloudtrail", _KEY)
    events = [
        event
        for record in people.records()
        for event in parser.parse(record.record, source="simulation", position="")
        if isinstance(event, AccessEvent)
    ]
    begin = people.start_seconds + people.settings.warm_up_days * _DAY
    days = {(e.principal, int(e.time // _DAY)) for e in events if e.time >= begin}
    pages = {nominal: [p for p in _pages(events, nominal) if p[1] >= begin] for nominal in NOMINALS}
    return Run(list(people.truth), len(days), pages, _rules(events, begin))


def _pages(events: Iterable[AccessEvent], nominal: float) -> list[Alarm]:
    detector = Detector(DetectorSettings(false_pages_per_principal_day=nominal), {})
    paged: dict[str, Alarm] = {}
    for event in events:
        for incident in detector.process(event):
            if incident.paged_at is not None:
                at = incident.paged_at.timestamp()
                paged[incident.incident_id] = (incident.principal, at, 1.0)
    return list(paged.values())


def _rules(events: Iterable[AccessEvent], begin: float) -> dict[str, list[Alarm]]:
    """Count objects and new objects of each user's hour, and how far each is from its hours."""
    known: dict[str, set[int]] = defaultdict(set)
    hours: dict[tuple[str, int], tuple[set[int], set[int]]] = {}
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    best: dict[tuple[str, str, int], float] = {}
    alarms: dict[str, list[Alarm]] = defaultdict(list)
    last: dict[str, int] = {}
    for event in events:
        who, hour = event.principal, int(event.time // _HOUR)
        if last.get(who, hour) != hour:
            _learn(sums, who, *hours.pop((who, last[who])))
        last[who] = hour
        objects, new = hours.setdefault((who, hour), (set(), set()))
        for subject in event.subject_ids:
            objects.add(subject)
            if subject not in known[who]:
                known[who].add(subject)
                new.add(subject)
        if event.time < begin:
            continue
        for name, count in (("objects an hour", len(objects)), ("new objects an hour", len(new))):
            for rule, value in ((name, count), (f"z-score of {name}", _z(sums[who, name], count))):
                key = (rule, who, int(event.time // _DAY))
                if value > best.get(key, 0.0):
                    best[key] = value
                    alarms[rule].append((who, event.time, value))
    return dict(alarms)


def _learn(
    sums: dict[tuple[str, str], list[float]], who: str, objects: set[int], new: set[int]
) -> None:
    for name, count in (("objects an hour", len(objects)), ("new objects an hour", len(new))):
        value, total = math.log1p(count), sums[who, name]
        total[0] += 1.0
        total[1] += value
        total[2] += value * value


def _z(total: Sequence[float], count: int) -> float:
    number = total[0] or 1.0
    mean = total[1] / number
    spread = math.sqrt(max(0.0, total[2] / number - mean * mean))
    return (math.log1p(count) - mean) / (spread + 0.5)


def _with_hindsight(runs: list[Run], rule: str, nominal: float) -> float:
    """Return the threshold that, in hindsight, gives the nominal rate of false pages."""
    highest: dict[tuple[int, str, int], float] = {}
    for number, run in enumerate(runs):
        for alarm in run.alarms[rule]:
            if not _is_explained(alarm, run.thefts):
                key = (number, alarm[0], int(alarm[1] // _DAY))
                highest[key] = max(alarm[2], highest.get(key, 0.0))
    allowed = int(nominal * sum(run.principal_days for run in runs))
    return sorted(highest.values(), reverse=True)[allowed] + 1e-9


def _is_explained(alarm: Alarm, thefts: Iterable[Attack]) -> bool:
    who, at, _ = alarm
    return any(t.principal == who and t.start - 60 <= at <= t.end + 2 * _DAY for t in thefts)


def _row(name: str, nominal: float, found: list[tuple[Run, list[Alarm]]]) -> None:
    hits, shares, false = [], [], 0
    for run, alarms in found:
        days = {(a[0], int(a[1] // _DAY)) for a in alarms if not _is_explained(a, run.thefts)}
        false += len(days)
        seed_hits = []
        for theft in run.thefts:
            end = theft.end + _HOUR
            times = [a[1] for a in alarms if a[0] == theft.principal]
            in_time = [at for at in times if theft.start - 60 <= at <= end]
            seed_hits.append(bool(in_time))
            if in_time:
                shares.append(theft.share_before(min(in_time)))
        hits.append(seed_hits)
    every = [hit for seed_hits in hits for hit in seed_hits]
    low, high = _interval(hits)
    rate = false / sum(run.principal_days for run, _ in found)
    share = f"{median(shares):.2f}" if shares else "-"
    recall = sum(every) / len(every)
    print(f"| {name} | {nominal} | {recall:.2f} ({low:.2f} to {high:.2f}) | {rate:.4f} | {share} |")


def _interval(hits: list[list[bool]]) -> tuple[float, float]:
    """Return the 5th and 95th percentile of the recall, by a bootstrap over seeds."""
    rng, recalls = Random(0), []  # noqa: S311 - resampling
    for _ in range(_RESAMPLES):
        drawn = [hit for _ in hits for hit in hits[rng.randrange(len(hits))]]
        recalls.append(sum(drawn) / len(drawn))
    recalls.sort()
    return recalls[_RESAMPLES // 20], recalls[-_RESAMPLES // 20]


if __name__ == "__main__":
    main()
