"""When an open hour is worth a rescore: as soon as its score may have changed."""

import math
from typing import Final

from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.domain.time_units import DAY_SECONDS, HOURS_A_DAY
from models.estimators.hour_volume import UNKNOWN_BIN
from models.observation.features import (
    BINS,
    BYTES,
    CALLS,
    FAILURES,
    SECRETS,
    SUBJECTS,
    edge_above,
)
from models.observation.window import Window
from models.rules.rule_book import RuleBook
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import PrincipalState
from models.tuning.detection import (
    BYTES_RESCORE_FACTOR,
    CALLS_RESCORE_SHARE,
    DAY_RESCORE_FACTOR,
    FIRST_COUNT,
    LEAST_RESCORED_FAILURES,
    RESCORE_FACTOR,
    SCORES_AN_HOUR,
)

# The edge above each bin; 0 for what is unknown.
_EDGE_ABOVE: Final = (*map(edge_above, range(BINS)), *[0.0] * (UNKNOWN_BIN + 1 - BINS))


class RescoreSchedule:
    """Sets the counts at which an open hour is scored first and rescored.

    Parameters
    ----------
    settings
        The budget.
    rules
        Who has caps.
    memory
        What the detector remembers.
    """

    def __init__(self, settings: DetectorSettings, rules: RuleBook, memory: DetectorMemory) -> None:
        self._ticket_p_value = settings.ticket_p_value
        self._rules = rules
        self._memory = memory

    def begin_hour(self, event: AccessEvent, state: PrincipalState, window: Window) -> None:
        """Set when an hour is first scored: at once, unless the habits justify waiting."""
        if self._is_eager(event, state, window):
            return
        facts = state.facts
        slow = {name: score for name, (score, _, _) in facts.slow.items()}
        p_value, _ = self._memory.calibration.combine(facts.cohort, slow)
        # Each day needs one score, because the thresholds learn from the days' highest scores.
        day = window.index // HOURS_A_DAY
        window.is_watched = p_value <= self._ticket_p_value or facts.scored_day != day
        window.rescore_at = rescore_thresholds(state, window, eager=False)

    def plan_next(self, event: AccessEvent, state: PrincipalState, window: Window) -> None:
        """Set when an hour that was just scored is rescored."""
        window.known_new = len(window.new)
        window.scores += 1
        eager = self._is_eager(event, state, window)
        counts = rescore_thresholds(state, window, eager=eager)
        if window.scores >= SCORES_AN_HOUR:
            counts = [max(c, d) for c, d in zip(counts, _doubled(window), strict=True)]
        window.rescore_at = counts

    def _is_eager(self, event: AccessEvent, state: PrincipalState, window: Window) -> bool:
        """Whether to score at once, because something is strange or there are caps."""
        if event.time - state.facts.first_seen < DAY_SECONDS or window.unusual:
            return True
        if self._rules.has_caps(event.principal):
            return True
        return bool(window.strangest)


def rescore_thresholds(state: PrincipalState, window: Window, *, eager: bool) -> list[float]:
    """Return the counts at which the hour is rescored, in the order of `FEATURES`.

    A feature within its usual range for an hour and a day needs no rescore. Outside that range,
    it needs one each time it has grown by a quarter. The last number is the count of sequential
    ids.

    Parameters
    ----------
    state
        The principal's habits.
    window
        The hour so far.
    eager
        Whether to ignore the habits: the principal is young, or something else is strange.

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
    counts = [RESCORE_FACTOR * value if value > FIRST_COUNT else 1.0 for value in values]
    counts[CALLS] = values[CALLS] + max(1.0, math.floor(values[CALLS] * CALLS_RESCORE_SHARE))
    counts[BYTES] = max(1.0, values[BYTES] * BYTES_RESCORE_FACTOR)
    counts[FAILURES] = max(LEAST_RESCORED_FAILURES, values[FAILURES] * RESCORE_FACTOR)
    counts[SUBJECTS] = max(1.0, RESCORE_FACTOR * window.subject_reads)
    if not eager:
        failures = counts[FAILURES]
        edges = map(_EDGE_ABOVE.__getitem__, state.volume.quiet_bins())
        counts = list(map(max, counts, edges))
        counts[FAILURES] = failures
        _heed_day(counts, state, window)
    counts[SECRETS] = 0.0
    counts.append(max(1.0, RESCORE_FACTOR * window.sequential))
    return counts


def _doubled(window: Window) -> list[float]:
    """Return twice the counts so far, in the order of `rescore_thresholds`."""
    counts = [2.0 * max(1.0, value) for value in window.values]
    counts[SUBJECTS] = 2.0 * max(1, window.subject_reads)
    counts.append(2.0 * max(1, window.sequential))
    return counts


def _heed_day(counts: list[float], state: PrincipalState, window: Window) -> None:
    rest, values = state.rest_of_day(window), window.values
    for feature, usual in enumerate(state.days.quiet_volumes()):
        if usual is not None:
            today, value = rest[feature], values[feature]
            volume = DAY_RESCORE_FACTOR * (today + value if value > 0.0 else today)
            left = (volume if volume > usual else usual) - today
            if left < counts[feature]:  # noqa: PLR1730 - a call for every feature
                counts[feature] = left
