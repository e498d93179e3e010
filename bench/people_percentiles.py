"""Percentiles over simulated users, in the terms in which real users of a file store were measured.

Run ``python -m bench.people_percentiles``; docs/people.md has both.
"""

import math
from collections import defaultdict
from statistics import median, pstdev
from typing import Final

from streams.simulation.people import People, PeopleSettings

_SEEDS: Final = range(1, 6)
_SHARES: Final = (0.05, 0.25, 0.5, 0.75, 0.9, 0.99)
_DAY: Final = 86_400.0
_FROM_DAY: Final = 4
_WEEKDAYS: Final = 5
_LEAST_DAYS: Final = 3


def main() -> None:
    """Print the table."""
    rows: dict[str, list[float]] = defaultdict(list)
    for seed in _SEEDS:
        for days in _users(seed):
            reads = {day: sum(len(keys) for keys in hours.values()) for day, hours in days.items()}
            usual = median(reads.values())
            rows["active days of 15"].append(len(reads))
            rows["median reads on an active day"].append(usual)
            rows["largest day / median active day"].append(max(reads.values()) / usual)
            logs = [math.log(n) for day, n in reads.items() if day % 7 < _WEEKDAYS]
            if len(logs) >= _LEAST_DAYS:
                rows["standard deviation of ln(reads a day), weekdays"].append(pstdev(logs))
            _first_reads(days, rows)
    print(f"| {len(_SEEDS)} seeds | 5 % | 25 % | 50 % | 75 % | 90 % | 99 % |")
    print("|---|---|---|---|---|---|---|")
    for name, values in rows.items():
        values.sort()
        cells = (f"{values[int(share * (len(values) - 1))]:,.2f}" for share in _SHARES)
        print(f"| {name} | {' | '.join(cells)} |")


def _users(seed: int) -> list[dict[int, dict[int, list[str]]]]:
    """Return day -> hour -> keys for each user, without thefts."""
    people = People(PeopleSettings(seed=seed, thefts=0))
    users: dict[str, dict[int, dict[int, list[str]]]] = defaultdict(dict)
    for record in people.records():
        hour = int((record.time - people.start_seconds) // 3600)
        user = users[record.record["userIdentity"]["arn"]]
        hours = user.setdefault(hour // 24, {})
        hours.setdefault(hour % 24, []).append(record.record["requestParameters"]["key"])
    return list(users.values())


def _first_reads(days: dict[int, dict[int, list[str]]], rows: dict[str, list[float]]) -> None:
    known: set[str] = set()
    for day, hours in sorted(days.items()):
        objects = {key for keys in hours.values() for key in keys}
        new = objects - known
        known |= objects
        rows["reads in an active hour"].extend(float(len(keys)) for keys in hours.values())
        if day >= _FROM_DAY:
            rows["new objects on a user-day from day 5"].append(len(new))
            rows["new / distinct objects on a user-day from day 5"].append(len(new) / len(objects))


if __name__ == "__main__":
    main()
