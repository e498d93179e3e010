"""Compares pages with the ground truth."""

from collections.abc import Iterable, Sequence
from random import Random
from statistics import median
from typing import Final, NamedTuple

from bench.detection_stream import RETAIL, WorldStream
from models.domain.access_event import PrincipalKind
from streams.simulation import Attack

_DAY: Final = 86_400.0
_SLOW: Final = ("trickle", "ramp", "_slow")
# A closed hour covers what has just ended; a day, what ended that day.
_GRACE_SECONDS: Final = 3600.0
# As the second author's own evaluation has it.
_RETAIL_GRACE_SECONDS: Final = 6 * 3600.0
# A page for a victim soon after an attack is neither a detection nor a false page.
_AFTERMATH_SECONDS: Final = 2 * _DAY
_RESAMPLES: Final = 2000


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


class Truth(NamedTuple):
    """What pages of one world are compared with; times are seconds since 1970-01-01 UTC."""

    family: str
    begin_seconds: float
    end_seconds: float
    attacks: list[Attack]
    principal_days: int


def truth_of(stream: WorldStream) -> Truth:
    """Return the truth, with the judged days on which a principal but a service was active."""
    begin, end = stream.begin_seconds, stream.end_seconds
    days = {
        (event.principal, int(event.time // _DAY))
        for event in stream.events
        if begin <= event.time < end and event.principal_kind is not PrincipalKind.SERVICE
    }
    return Truth(stream.family, begin, end, stream.attacks, len(days))


def score(truth: Truth, pages: Iterable[Page]) -> Score:
    """Score the pages of the judged days."""
    begin, end = truth.begin_seconds, truth.end_seconds
    judged = sorted((p for p in pages if begin <= p.seconds < end), key=lambda p: p.seconds)
    outcomes = [_outcome(truth, attack, judged) for attack in truth.attacks]
    false = sum(1 for page in judged if not is_explained(page, truth.attacks))
    return Score(outcomes, false, truth.principal_days)


def recall(scores: Iterable[Score], kind: str | None = None) -> float:
    """Return the share of the attacks (of a kind) that were detected."""
    found = [o for s in scores for o in s.outcomes if kind is None or o.kind == kind]
    return sum(o.minutes is not None for o in found) / len(found) if found else 0.0


def recall_interval(scores: Sequence[Score]) -> tuple[float, float]:
    """Return the 5th and 95th percentile of the recall, by a bootstrap over seeds.

    Examples
    --------
    >>> found, missed = Outcome("burst", 0.1, 3.0), Outcome("burst", None, None)
    >>> recall_interval([Score([found, missed], 0, 10)] * 3)
    (0.5, 0.5)
    """
    rng, recalls = Random(0), []  # noqa: S311 - resampling
    for _ in range(_RESAMPLES):
        recalls.append(recall(scores[rng.randrange(len(scores))] for _ in scores))
    recalls.sort()
    return recalls[_RESAMPLES // 20], recalls[-_RESAMPLES // 20]


def false_page_rate(scores: Iterable[Score]) -> float:
    """Return the false pages per principal-day."""
    every = list(scores)
    return sum(s.false_pages for s in every) / sum(s.principal_days for s in every)


def medians(scores: Iterable[Score], kind: str | None = None) -> tuple[float | None, float | None]:
    """Return the median share of rows read before the page, and the median minutes to it."""
    found = [
        o
        for s in scores
        for o in s.outcomes
        if o.minutes is not None and (kind is None or o.kind == kind)
    ]
    if not found:
        return None, None
    shares = [o.share_read for o in found if o.share_read is not None]
    return median(shares), median(o.minutes for o in found if o.minutes is not None)


def is_explained(page: Page, attacks: Iterable[Attack]) -> bool:
    """Whether a page is of an attack's victim, during the attack or soon after it."""
    return any(
        page.principal == attack.principal
        and attack.start - 60.0 <= page.seconds <= attack.end + _AFTERMATH_SECONDS
        for attack in attacks
    )


def _outcome(truth: Truth, attack: Attack, pages: list[Page]) -> Outcome:
    grace = _RETAIL_GRACE_SECONDS if truth.family == RETAIL else _GRACE_SECONDS
    limit = attack.end + (_DAY if attack.kind.endswith(_SLOW) else grace)
    for page in pages:
        # Times in the log jitter by seconds.
        in_time = attack.start - 60.0 <= page.seconds <= limit
        if page.principal == attack.principal and in_time:
            minutes = max(0.0, page.seconds - attack.start) / 60.0
            return Outcome(attack.kind, attack.share_before(page.seconds), minutes)
    return Outcome(attack.kind, None, None)
