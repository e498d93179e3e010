"""A request that reaches far beyond the principal's habit into history."""

from models.domain.access_event import AccessEvent
from models.domain.data_class import DataClass
from models.domain.time_units import DAY_SECONDS
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.rule_text import history_text
from models.incidents.usual_range import UsualRange
from models.observation.features import CLASS_OF
from models.observation.window import Window
from models.tuning.rules import (
    HISTORY_HABIT_GROWTH,
    HISTORY_HABIT_KEPT_A_DAY,
    HISTORY_KNOWING_DAYS,
    HISTORY_LEAST_SECONDS,
    HISTORY_PAGED_FROM_SECONDS,
    HISTORY_PAGED_HABIT_SECONDS,
    HISTORY_TIMES_USUAL,
)

_PAGED_CLASSES = (DataClass.CUSTOMER, DataClass.PAYMENT, DataClass.FINANCIAL)


def is_deep(reach_seconds: float, usual_seconds: float) -> bool:
    """Whether a reach is far beyond the usual one.

    Examples
    --------
    >>> day = 86_400.0
    >>> is_deep(730 * day, 2 * day), is_deep(59 * day, 2 * day), is_deep(200 * day, 30 * day)
    (True, False, False)
    """
    return reach_seconds >= max(HISTORY_LEAST_SECONDS, HISTORY_TIMES_USUAL * usual_seconds)


def usual_reach_after(usual_seconds: float, today_seconds: float, days: int) -> float:
    """Return the usual reach after one more day, of which it told how far it reached.

    Parameters
    ----------
    usual_seconds
        The decayed maximum of the days before.
    today_seconds
        The furthest reach of the day.
    days
        How many days have taught it before.

    Examples
    --------
    >>> usual_reach_after(0.0, 7e6, 0), usual_reach_after(2e5, 7e6, 9), usual_reach_after(2e5, 0, 9)
    (7000000.0, 400000.0, 194000.0)
    """
    if days >= HISTORY_KNOWING_DAYS:
        most = HISTORY_HABIT_GROWTH * max(usual_seconds, DAY_SECONDS)
        today_seconds = min(today_seconds, most)
    return max(today_seconds, HISTORY_HABIT_KEPT_A_DAY * usual_seconds)


def deep_history(event: AccessEvent, window: Window, min_page_records: int) -> Finding | None:
    """Find an hour that reaches far beyond the habit.

    Alone it makes a ticket: re-syncs do it. It pages if a principal that lives in the last days
    reads many customer or financial records and reaches back a year or more.
    """
    reach, usual = window.reach_seconds, window.usual_reach_seconds
    if usual < 0.0 or not is_deep(reach, usual):
        return None
    read = max(window.values[CLASS_OF[name]] for name in _PAGED_CLASSES)
    page = (
        reach >= HISTORY_PAGED_FROM_SECONDS
        and usual <= HISTORY_PAGED_HABIT_SECONDS
        and read >= min_page_records
    )
    days, most = reach / DAY_SECONDS, usual / DAY_SECONDS
    text = history_text(event.principal, days, most)
    reason = certain_reason("history", float(round(days)), UsualRange.at_most(round(most)), text)
    return Finding(IncidentKind.BULK_READ, reason, page=page)
