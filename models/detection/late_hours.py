"""Keeps the hours of events that come after their hour was learnt."""

from models.observation.window import Window
from models.state.principal_state import PrincipalFacts
from models.tuning.detection import LATE_HOURS_A_DAY, LATE_HOURS_KEPT


def late_hour(facts: PrincipalFacts, index: int) -> tuple[Window, bool]:
    """Return the late part of an hour, and whether it was opened for it.

    It is scored like any hour and teaches nothing. A few are kept, the last used last. Whoever is
    late for very many hours of one day has all further ones counted as one: a thief who backdates
    each read to another hour must not read a little in each.

    Parameters
    ----------
    facts
        The principal's.
    index
        Of the hour.

    Examples
    --------
    >>> facts = PrincipalFacts(cohort="user", first_seen=0.0, last_seen=0.0)
    >>> window, is_new = late_hour(facts, 7)
    >>> late_hour(facts, 7)[0] is window, is_new
    (True, True)
    """
    hours = facts.late_hours
    window = hours.pop(index, None)
    if window is not None:
        hours[index] = window
        return window, False
    if facts.late_hours_today >= LATE_HOURS_A_DAY and hours:
        return hours[next(reversed(hours))], False
    facts.late_hours_today += 1
    while len(hours) >= LATE_HOURS_KEPT:
        del hours[next(iter(hours))]
    window = hours[index] = Window(index=index)
    return window, True
