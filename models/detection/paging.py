"""Whether an incident pages, and what the next page must exceed."""

from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.domain.time_units import DAY_SECONDS
from models.estimators.calibration import Calibration
from models.incidents.hour_assessment import HourAssessment
from models.incidents.incident_draft import IncidentDraft
from models.observation.window import Window
from models.state.principal_state import LastPage, PrincipalState
from models.tuning.detection import (
    LEAST_PAGED_RECORDS,
    STRONG_NOVELTY,
    TELLING_SURPRISE,
    WORSE_FACTOR,
)


def may_page(
    event: AccessEvent, state: PrincipalState, assessment: HourAssessment, draft: IncidentDraft
) -> bool:
    """Whether an incident that has not paged since it was opened pages now.

    Within `mute_days` of the principal's last page, and while its cause goes on, a rule pages again
    for a new kind, the statistics for a p-value ten times smaller, and both for ten times the
    records.
    """
    if not (assessment.page or assessment.paging_kinds):
        return False
    last = state.facts.last_page
    # A cause that goes on was told, however long ago.
    is_told = draft.paged_at is not None
    if last is None or (last.until_seconds <= event.time and not is_told):
        return True
    is_new_kind = any(kind.value not in last.kinds for kind in assessment.paging_kinds)
    worse = paging_p_value(assessment) * WORSE_FACTOR <= last.p_value
    return is_new_kind or worse or _is_much_more(draft, last)


def paging_p_value(assessment: HourAssessment) -> float:
    """Return the p-value with which the statistics page; 1 if they do not."""
    return assessment.p_value if assessment.page else 1.0


def has_strong_signs(
    state: PrincipalState,
    window: Window,
    assessment: HourAssessment,
    calibration: Calibration,
    p_value: float,
) -> bool:
    """Whether statistics alone may page for data that nobody has classified.

    A large number of unclassified records is not enough: most of them are nobody's secret. Objects
    that the principal has never read are, or a network or a class of data that is new to it.

    Parameters
    ----------
    state, window, assessment
        The principal, its hour so far, and what the channels say of it.
    calibration
        Turns the score of a channel into a p-value.
    p_value
        Below which an hour pages.
    """
    first = {"first_reads": assessment.scores.get("first_reads", 0.0)}
    p_first, _ = calibration.combine(state.facts.cohort, first, is_unclassified=True)
    if p_first <= p_value:
        return True
    return any(
        feature in STRONG_NOVELTY and new.surprise > TELLING_SURPRISE
        for feature, new in window.strangest.items()
    )


def remember_page(
    event: AccessEvent,
    state: PrincipalState,
    assessment: HourAssessment,
    draft: IncidentDraft,
    settings: DetectorSettings,
) -> None:
    """Remember the page: the next one must be ten times worse."""
    kinds = {kind.value for kind in assessment.paging_kinds}
    told = draft.told or (1.0, 0.0)
    # Also where a rule pages: the same read must not page again because the statistics follow.
    p_value = min(assessment.p_value, told[0])
    last = state.facts.last_page
    if last is not None and last.incident_id == draft.incident_id:
        kinds |= set(last.kinds)
        p_value = min(p_value, last.p_value)
    state.facts.last_page = LastPage(
        draft.incident_id,
        event.time + settings.mute_days * DAY_SECONDS,
        p_value,
        max(float(draft.records or 0), told[1]),
        tuple(sorted(kinds)),
        dict(draft.best_scores),
        draft.opened_at,
        float(draft.size),
    )


def _is_much_more(draft: IncidentDraft, last: LastPage) -> bool:
    # The read behind the last page may have only just begun.
    return (draft.records or 0) >= WORSE_FACTOR * max(LEAST_PAGED_RECORDS, last.records)
