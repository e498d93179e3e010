"""Counts how often people are told of one cause; reads what ``sellerwatch detect`` wrote.

Run ``python -m bench.causes INCIDENTS [INCIDENTS ...]``.
"""

import sys
from collections import Counter
from pathlib import Path

import msgspec

from models.incidents.incident import Incident


def main(paths: list[str]) -> None:
    """Print a table with a row for each file."""
    print(
        "| incidents of | in all | pages | continue one | tickets | of one cause a day, at most |"
    )
    print("|---|---|---|---|---|---|")
    for path in paths:
        lines = Path(path).read_bytes().splitlines()
        found = [msgspec.json.decode(line, type=Incident) for line in lines]
        pages = [incident for incident in found if incident.page]
        tickets = [incident for incident in found if not incident.page]
        continued = sum(incident.continues is not None for incident in pages)
        print(
            f"| {Path(path).name} | {len(found)} | {len(pages)} | {continued} | {len(tickets)} "
            f"| {_most_of_a_day(tickets)} tickets, {_most_of_a_day(pages)} pages |"
        )


def _most_of_a_day(incidents: list[Incident]) -> int:
    causes = Counter((i.principal, i.kinds[0], i.opened_at.date()) for i in incidents)
    return max(causes.values(), default=0)


if __name__ == "__main__":
    main(sys.argv[1:])
