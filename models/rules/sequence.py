"""Guesses at ids, one after another."""

from models.domain.access_event import AccessEvent
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.rule_text import sequence_text
from models.incidents.usual_range import UsualRange
from models.observation.window import Window
from models.tuning.rules import (
    SEQUENCE_HABIT_GROWTH,
    SEQUENCE_HABIT_KEPT_A_DAY,
    SEQUENCE_HABIT_START,
    SEQUENCE_TIMES_USUAL,
)


def usual_after(usual: float, today: int) -> float:
    """Return the sequential ids in the fullest hour of a usual day, after one more day.

    Examples
    --------
    >>> usual_after(0.0, 400), usual_after(400.0, 0)
    (20.0, 388.0)
    """
    return max(
        min(float(today), SEQUENCE_HABIT_GROWTH * usual + SEQUENCE_HABIT_START),
        SEQUENCE_HABIT_KEPT_A_DAY * usual,
    )


def sequential_run(
    event: AccessEvent,
    window: Window,
    usual: float,
    least: int,
    *,
    is_known: bool,
    surge: float = 1.0,
) -> Finding | None:
    """Find an hour with many requests for sequential ids.

    Parameters
    ----------
    event
        The call that is judged.
    window
        The hour so far.
    usual
        Sequential ids in the fullest hour of a usual day.
    least
        How many are too many.
    is_known
        Whether the principal's habits are known; only then does it page.
    surge
        How many times their usual volume those of its kind read now: whoever fetches each new
        order by its number walks further on the day of a promotion.
    """
    count = window.sequential
    if count < least or count <= SEQUENCE_TIMES_USUAL * usual * surge:
        return None
    sensitive = any(name.is_sensitive for name in event.data_classes)
    text = sequence_text(event.principal, count, event.operation, usual)
    most = UsualRange.at_most(round(usual))
    reason = certain_reason("sequential_ids", float(count), most, text)
    return Finding(IncidentKind.ENUMERATION, reason, page=sensitive and is_known)
