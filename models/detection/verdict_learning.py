"""What the detector learns from a verdict."""

import math
from collections.abc import Mapping

from msgspec.structs import replace

from models.detection.acceptance import accepted_size, is_accepted_hour
from models.detection.hour_close import learn
from models.errors import VerdictError
from models.incidents.feedback import Feedback, Verdict, check_opening
from models.incidents.incident_draft import IncidentDraft
from models.state.detector_memory import DetectorMemory, Key
from models.state.principal_state import AcceptedIncident, PrincipalState, QuarantinedHour
from models.tuning.detection import ACCEPTED_MARGIN


def apply_verdict(memory: DetectorMemory, key: Key, feedback: Feedback) -> bool:
    """Teach the principal of an incident what was held back, or drop it for good.

    A benign verdict on the last incident also accepts its scores, for what is at most ten times as
    large as what was judged. One on an older incident teaches the hours of that incident only.

    Parameters
    ----------
    memory
        What the detector remembers.
    key
        The principal that the verdict names.
    feedback
        The verdict.

    Returns
    -------
    bool
        False if no principal of this partition has such an incident.

    Raises
    ------
    VerdictError
        If the incident is another principal's, or opened after the verdict.
    """
    state = memory.states.get(key)
    if state is None or not _has(state, feedback.incident_id):
        if any(_has(other, feedback.incident_id) for other in memory.states.values()):
            message = "not a verdict: tenant or principal are not those of the incident"
            raise VerdictError(message)
        return False
    _check_opening(state, feedback)
    if feedback.verdict is Verdict.BENIGN:
        _accept(state, feedback)
    else:
        _reject(state, feedback.incident_id)
    memory.mark(key)
    memory.weigh(key, state)
    memory.mark_cohort(state.facts.cohort)
    return True


def void_verdict(state: PrincipalState, incident_id: str) -> None:
    """Take back what a benign verdict accepted, and let the principal page at once."""
    facts = state.facts
    facts.revoke(incident_id)
    if facts.last_page is not None and facts.last_page.incident_id == incident_id:
        facts.last_page = None


def _has(state: PrincipalState, incident_id: str) -> bool:
    return (
        _is_open(state, incident_id)
        or _is_last_page(state, incident_id)
        or any(hour.incident_id == incident_id for hour in state.facts.quarantine)
        or _resting(state, incident_id) is not None
    )


def _resting(state: PrincipalState, incident_id: str) -> IncidentDraft | None:
    return next((d for d in state.facts.resting if d.incident_id == incident_id), None)


def _is_open(state: PrincipalState, incident_id: str) -> bool:
    return state.draft is not None and state.draft.incident_id == incident_id


def _is_last_page(state: PrincipalState, incident_id: str) -> bool:
    last = state.facts.last_page
    return last is not None and last.incident_id == incident_id


def _check_opening(state: PrincipalState, feedback: Feedback) -> None:
    resting = _resting(state, feedback.incident_id)
    if resting is not None:
        check_opening(feedback, resting.opened_at)
    if state.draft is not None and _is_open(state, feedback.incident_id):
        check_opening(feedback, state.draft.opened_at)
    elif state.facts.last_page is not None and _is_last_page(state, feedback.incident_id):
        check_opening(feedback, state.facts.last_page.opened_at)


def _accept(state: PrincipalState, feedback: Feedback) -> None:
    facts, draft, last = state.facts, state.draft, state.facts.last_page
    told = feedback.judged_records
    resting = _resting(state, feedback.incident_id)
    if resting is not None:
        # It may go on, and is benign then as far as it was judged.
        judged = float(min(resting.size, resting.size if told is None else told))
        resting.is_benign, resting.accepted_up_to = True, max(1.0, accepted_size(judged))
        _accept_scores(state, feedback.incident_id, judged, resting.best_scores)
    if draft is not None and _is_open(state, feedback.incident_id):
        # Nobody judges more than there is: whoever writes the message may claim anything.
        judged = float(min(draft.size, draft.size if told is None else told))
        draft.is_benign, draft.accepted_up_to = True, max(1.0, accepted_size(judged))
        _accept_scores(state, feedback.incident_id, judged, draft.best_scores)
    elif last is not None and _is_last_page(state, feedback.incident_id):
        size = last.size or last.records
        judged = min(size, size if told is None else told)
        _accept_scores(state, feedback.incident_id, judged, last.scores)
    else:
        _teach(state, feedback.incident_id, math.inf if told is None else told)
        return
    _teach(state, feedback.incident_id, judged)
    if last is not None and last.incident_id == feedback.incident_id:
        facts.last_page = replace(last, records=min(last.records, judged))
    if draft is None or draft.is_benign:
        # Nothing else is held back at present.
        facts.ungate()
        state.drift.sums = [0.0] * len(state.drift.sums)
        for window in state.windows.values():
            window.anomalous = False


def _accept_scores(
    state: PrincipalState, incident_id: str, judged: float, scores: Mapping[str, float]
) -> None:
    highest = {name: score + ACCEPTED_MARGIN for name, score in scores.items()}
    state.facts.accept(AcceptedIncident(incident_id, judged, highest))


def _teach(state: PrincipalState, incident_id: str, judged: float) -> None:
    for hour in _release(state, incident_id):
        if is_accepted_hour(hour.bins, judged):
            learn(state, hour.bins, hour.tokens)


def _reject(state: PrincipalState, incident_id: str) -> None:
    _release(state, incident_id)
    state.facts.revoke(incident_id)
    resting = _resting(state, incident_id)
    if resting is not None:
        resting.is_benign = False
    if state.draft is not None and _is_open(state, incident_id):
        state.draft.is_benign = False


def _release(state: PrincipalState, incident_id: str) -> list[QuarantinedHour]:
    """Take the hours of an incident out of quarantine."""
    facts = state.facts
    released = [hour for hour in facts.quarantine if hour.incident_id == incident_id]
    facts.quarantine = [hour for hour in facts.quarantine if hour.incident_id != incident_id]
    return released
