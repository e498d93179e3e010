"""Compares the pages with the simulation's ground truth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.domain.time_units import HOUR_SECONDS
from models.incidents.incident import Incident
from streams.simulation import Attack

_GRACE_SECONDS = HOUR_SECONDS
_JITTER_SECONDS = 60.0


@dataclass(frozen=True)
class AttackResult:
    """The result of one attack: its first page, if any, and the share of rows read by then."""

    attack: Attack
    page: Incident | None
    share_read: float | None


def judge(
    attacks: Sequence[Attack], incidents: Iterable[Incident]
) -> tuple[list[AttackResult], list[Incident]]:
    """Return the result of each attack, and the pages that no attack explains."""
    pages = sorted(
        (i for i in incidents if i.paged_at is not None), key=lambda i: i.paged_at or i.opened_at
    )
    results: list[AttackResult] = []
    explained: set[str] = set()
    for attack in attacks:
        matching = [page for page in pages if _explains(attack, page)]
        explained.update(page.incident_id for page in matching)
        first = matching[0] if matching else None
        share = None
        if first is not None and first.paged_at is not None:
            share = attack.share_before(first.paged_at.timestamp())
        results.append(AttackResult(attack, first, share))
    return results, [page for page in pages if page.incident_id not in explained]


def _explains(attack: Attack, page: Incident) -> bool:
    if page.paged_at is None or page.principal != attack.principal:
        return False
    # Times in the log jitter by seconds.
    return (
        attack.start - _JITTER_SECONDS <= page.paged_at.timestamp() <= attack.end + _GRACE_SECONDS
    )
