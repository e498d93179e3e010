"""What the detector learns from a verdict."""

from collections.abc import Mapping

from models.detection.hour_close import learn
from models.incidents.feedback import Verdict
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import PrincipalFacts
from models.tuning.detection import ACCEPTED_MARGIN


def apply_verdict(memory: DetectorMemory, incident_id: str, verdict: Verdict) -> bool:
    """Learn the quarantined hours of an incident's principal, or drop them.

    A benign verdict also moves the principal's own threshold: scores up to the incident's no
    longer page.

    Returns
    -------
    bool
        False if no principal of this partition has such an incident.
    """
    for key, state in memory.states.items():
        facts, draft = state.facts, state.draft
        is_open = draft is not None and draft.incident_id == incident_id
        was_told = facts.last_page is not None and facts.last_page.incident_id == incident_id
        held = [hour for hour in facts.quarantine if hour.incident_id == incident_id]
        if not (is_open or was_told or held):
            continue
        facts.quarantine = [hour for hour in facts.quarantine if hour.incident_id != incident_id]
        if verdict is Verdict.BENIGN:
            for hour in held:
                learn(state, hour.bins, hour.tokens)
            if draft is not None and is_open:
                draft.is_benign = True
                _accept(facts, draft.best_scores)
            elif facts.last_page is not None:
                _accept(facts, facts.last_page.scores)
            facts.gated_today = False
            state.drift.sums = [0.0] * len(state.drift.sums)
            for window in state.windows.values():
                window.anomalous = False
        memory.mark(key)
        memory.mark_cohort(facts.cohort)
        return True
    return False


def _accept(facts: PrincipalFacts, scores: Mapping[str, float]) -> None:
    for name, score in scores.items():
        facts.accepted[name] = max(facts.accepted.get(name, 0.0), score + ACCEPTED_MARGIN)
