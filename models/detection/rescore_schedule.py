"""When an open hour is worth the cost of a look: as soon as its score can tell something."""

import math
from typing import Final

from models.estimators.hour_volume import UNKNOWN_BIN
from models.observation.features import (
    BYTES,
    CALLS,
    DAY_FEATURES,
    FAILURES,
    SECRETS,
    SUBJECTS,
    edge_above,
)
from models.observation.window import Window
from models.state.principal_state import PrincipalState

# The day's volume below which it cannot be unusual, in spreads above the median day.
_QUIET_SPREADS: Final = 0.8
_DAY_GROWTH: Final = 1.1
_GROWTH: Final = 1.25
_BYTES_GROWTH: Final = 1.5
_CALLS_GROWTH: Final = 1 / 3
_LEAST_FAILURES: Final = 8.0


def rescore_thresholds(state: PrincipalState, window: Window, *, eager: bool) -> list[float]:
    """Return the counts at which the next look is due, in the order of `FEATURES`.

    A feature that stays within what is usual for an hour and a day asks for none; one that
    has left it asks for one each time it has grown by a quarter. The last number is that of
    requested ids that follow one another.

    Parameters
    ----------
    state
        The principal's habits.
    window
        The hour so far.
    eager
        Whether its habits say nothing: it is young, or something else is strange about it.

    Examples
    --------
    >>> from models.estimators.cohort import Cohort
    >>> from models.state.principal_state import PrincipalFacts
    >>> facts = PrincipalFacts(cohort="user", first_seen=0.0, last_seen=0.0)
    >>> window = Window(index=1)
    >>> window.values[1] = 100.0
    >>> rescore_thresholds(PrincipalState(facts, Cohort(), 2.0), window, eager=True)[1]
    125.0
    """
    values = window.values
    looks = [_GROWTH * value if value > 0.8 else 1.0 for value in values]
    looks[CALLS] = values[CALLS] + max(1.0, math.floor(values[CALLS] * _CALLS_GROWTH))
    looks[BYTES] = max(1.0, values[BYTES] * _BYTES_GROWTH)
    looks[FAILURES] = max(_LEAST_FAILURES, values[FAILURES] * _GROWTH)
    looks[SUBJECTS] = max(1.0, _GROWTH * window.subject_reads)
    if not eager:
        for place, index in enumerate(state.volume.quiet_bins()):
            if place != FAILURES and index != UNKNOWN_BIN:
                looks[place] = max(looks[place], edge_above(index))
        _heed_day(looks, state, window)
    looks[SECRETS] = 0.0
    looks.append(max(1.0, _GROWTH * window.sequential))
    return looks


def _heed_day(looks: list[float], state: PrincipalState, window: Window) -> None:
    facts = state.facts
    if facts.day != window.index // 24:
        return
    for feature in range(CALLS, DAY_FEATURES):
        usual = state.days.quiet_volume(feature, _QUIET_SPREADS)
        if usual is not None:
            today = facts.today[feature]
            volume = max(usual, _DAY_GROWTH * (today + max(0.0, window.values[feature])))
            looks[feature] = min(looks[feature], volume - today)
