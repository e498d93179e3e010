"""Compares pages with the ground truth."""

from collections.abc import Iterable
from statistics import median
from typing import Final, NamedTuple

from bench.simulated_stream import DAYS, WARM_UP_DAYS, SimulatedStream
from streams.simulation import Attack

_DAY: Final = 86_400.0
_SLOW: Final = frozenset({"trickle", "ramp"})
# A closed hour covers what has just ended; a day, what ended that day.
_GRACE_SECONDS: Final = 3600.0
# A page for a victim soon after an attack is neither a detection nor a false page.
_AFTERMATH_SECONDS: Final = 2 * _DAY


class Page(NamedTuple):
    """The time and principal of a page, in seconds since 1970-01-01 UTC."""

    principal: str
    seconds: float


class Outcome(NamedTuple):
    """The result of one attack; None if it was not detected."""

    kind: str
    share_read: float | None
    minutes: float | None


class Score(NamedTuple):
    """The result of one run of a seed."""

    outcomes: list[Outcome]
    false_pages: int
    principal_days: int


def score(stream: SimulatedStream, pages: Iterable[Page], principal_days: int) -> Score:
    """Score the pages of the days after the warm-up."""
    begin = stream.start_seconds + WARM_UP_DAYS * _DAY
    end = stream.start_seconds + DAYS * _DAY
    judged = sorted((p for p in pages if begin <= p.seconds < end), key=lambda p: p.seconds)
    outcomes = [_outcome(attack, judged) for attack in stream.attacks]
    false = sum(1 for page in judged if not _is_explained(page, stream.attacks))
    return Score(outcomes, false, principal_days)


def judged_principal_days(stream: SimulatedStream, services: frozenset[str]) -> int:
    """Count the days after the warm-up on which a principal other than a service was active."""
    first = int((stream.start_seconds + WARM_UP_DAYS * _DAY) // _DAY)
    days = {(event.principal, int(event.time // _DAY)) for event in stream.events}
    return sum(1 for name, day in days if day >= first and name not in services)


def recall(scores: Iterable[Score], kind: str | None = None) -> float:
    """Return the share of the attacks (of a kind) that were detected."""
    found = [o for s in scores for o in s.outcomes if kind is None or o.kind == kind]
    return sum(o.minutes is not None for o in found) / len(found) if found else 0.0


def false_page_rate(scores: Iterable[Score]) -> float:
    """Return the false pages per principal-day."""
    every = list(scores)
    return sum(s.false_pages for s in every) / sum(s.principal_days for s in every)


def medians(scores: Iterable[Score], kind: str) -> tuple[float | None, float | None]:
    """Return the median share of rows read before the page, and the median minutes to it."""
    found = [o for s in scores for o in s.outcomes if o.kind == kind and o.minutes is not None]
    if not found:
        return None, None
    shares = [o.share_read for o in found if o.share_read is not None]
    return median(shares), median(o.minutes for o in found if o.minutes is not None)


def _limit(attack: Attack) -> float:
    return attack.end + (_DAY if attack.kind in _SLOW else _GRACE_SECONDS)


def _outcome(attack: Attack, pages: list[Page]) -> Outcome:
    for page in pages:
        # Times in the log jitter by seconds.
        in_time = attack.start - 60.0 <= page.seconds <= _limit(attack)
        if page.principal == attack.principal and in_time:
            minutes = max(0.0, page.seconds - attack.start) / 60.0
            return Outcome(attack.kind, attack.share_before(page.seconds), minutes)
    return Outcome(attack.kind, None, None)


def _is_explained(page: Page, attacks: list[Attack]) -> bool:
    return any(
        page.principal == attack.principal
        and attack.start - 60.0 <= page.seconds <= attack.end + _AFTERMATH_SECONDS
        for attack in attacks
    )
