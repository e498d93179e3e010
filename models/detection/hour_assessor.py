"""Looks at an open hour: how rare it is in every channel, and when to look again."""

from models.detection.rescore_schedule import rescore_thresholds
from models.detection.scorer import follow_ratio, score_channels, worth_a_page
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.domain.time_units import DAY_SECONDS
from models.incidents.finding import Finding
from models.incidents.hour_assessment import HourAssessment
from models.observation.window import Window
from models.rules.rule_book import RuleBook
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import PrincipalState


class Assessor:
    """Scores open hours and calibrates the scores.

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
        self._settings = settings
        self._rules = rules
        self._memory = memory

    @property
    def ticket(self) -> float:
        """Return the p-value below which an hour is shown, if only that."""
        settings = self._settings
        return settings.false_pages_per_principal_day * settings.ticket_budget_factor

    def begin_hour(self, event: AccessEvent, state: PrincipalState, window: Window) -> None:
        """Set when the first look is due: at once, if habits are no reason to wait."""
        if self._is_eager(event, state, window):
            return
        facts = state.facts
        slow = {name: score for name, (score, _, _) in facts.slow.items()}
        p_value, _ = self._memory.calibration.combine(facts.cohort, slow)
        # Each day needs one look: what is usual is learnt from the days' highest scores.
        window.is_watched = p_value <= self.ticket or facts.scored_day != window.index // 24
        window.rescore_at = rescore_thresholds(state, window, eager=False)

    def look(
        self,
        event: AccessEvent,
        state: PrincipalState,
        window: Window,
        findings: list[Finding],
    ) -> HourAssessment:
        """Score the hour so far, and set when the next look is due."""
        assessment = self._score(state, window, findings)
        window.rescore_at = rescore_thresholds(
            state, window, eager=self._is_eager(event, state, window)
        )
        return assessment

    def _score(
        self, state: PrincipalState, window: Window, findings: list[Finding]
    ) -> HourAssessment:
        memory = self._memory
        cohort = memory.cohort(state.facts.cohort)
        if window.is_sensitive:
            state.facts.scored_day = window.index // 24
        follow_ratio(state, window.index // 24, window.values[0], cohort, memory.everybody)
        scores = score_channels(state, window, cohort, self._settings)
        for name, accepted in state.facts.accepted.items():
            if scores.get(name, 0.0) <= accepted:
                scores[name] = 0.0
        eligible = worth_a_page(state, window, scores, self._settings)
        maxima = state.facts.maxima
        for name, score in eligible.items():
            if score > maxima.get(name, 0.0):
                maxima[name] = score
        cohort_name = state.facts.cohort
        p_value, channel = memory.calibration.combine(cohort_name, eligible)
        if p_value <= self._settings.false_pages_per_principal_day:
            return HourAssessment(scores, p_value, channel, True, findings)
        p_value, channel = memory.calibration.combine(cohort_name, scores)
        return HourAssessment(scores, p_value, channel, False, findings)

    def _is_eager(self, event: AccessEvent, state: PrincipalState, window: Window) -> bool:
        """Whether habits are no reason to look seldom: something is strange, or there are caps."""
        if event.time - state.facts.first_seen < DAY_SECONDS or window.unusual:
            return True
        if self._rules.has_caps(event.principal):
            return True
        return any(new.surprise > 0.0 for new in window.new.values())
