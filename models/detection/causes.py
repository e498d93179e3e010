"""One cause is one incident: what rests goes on, and what is told is not told again."""

from collections.abc import Collection
from typing import Final

from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.domain.time_units import DAY_SECONDS
from models.incidents.hour_assessment import HourAssessment
from models.incidents.incident import IncidentKind
from models.incidents.incident_draft import IncidentDraft
from models.incidents.reopening import reopen
from models.observation.window import Window
from models.state.principal_state import PrincipalState
from models.tuning.detection import (
    ANOTHER_KIND_AFTER_SECONDS,
    GRAVER_AFTER_SECONDS,
    LEAST_PAGED_RECORDS,
    RESTING_INCIDENTS_KEPT,
    WORSE_FACTOR,
)

# Kinds of the statistics that are another matter than a volume.
_TELLING: Final = frozenset({IncidentKind.NEW_NETWORK})


def rest(state: PrincipalState, draft: IncidentDraft) -> None:
    """Keep a closed incident for a while: its cause may go on."""
    state.facts.resting.append(draft)
    del state.facts.resting[:-RESTING_INCIDENTS_KEPT]


def go_on(  # noqa: PLR0917 - one call, in the order of thought
    event: AccessEvent,
    state: PrincipalState,
    window: Window,
    assessment: HourAssessment,
    kinds: Collection[IncidentKind],
    settings: DetectorSettings,
) -> IncidentDraft | None:
    """Reopen the resting incident of the same cause; None if there is none.

    The cause is what leads: the first kind that pages by a rule, else the first of a rule, else
    that of the heaviest reason.
    """
    facts, since = state.facts, event.time - settings.mute_days * DAY_SECONDS
    if not facts.resting:
        return None
    facts.resting = [draft for draft in facts.resting if draft.updated_at >= since]
    found = [finding.kind for finding in assessment.findings]
    cause = next(iter([*assessment.paging_kinds, *found, *kinds]), None)
    for draft in reversed(facts.resting):
        if cause in draft.kinds and all(kind in draft.kinds for kind in assessment.paging_kinds):
            facts.resting.remove(draft)
            reopen(draft, event, window)
            return draft
    return None


def is_more_than_told(
    event: AccessEvent,
    draft: IncidentDraft,
    assessment: HourAssessment,
    kinds: Collection[IncidentKind],
) -> bool:
    """Whether an open page has become something else, or much graver, since it was told.

    A rule's further kind is something else: a planted record at once, others after an hour, in
    which whoever was paged looks at it anyway. The statistics have something else to say with a
    new network, and a graver one with a p-value ten times smaller or ten times the records.
    """
    if draft.told is None or draft.paged_at is None or not draft.is_paging or draft.is_benign:
        return False
    age = event.time - draft.paged_at
    new = [kind for kind in assessment.paging_kinds if kind not in draft.certain]
    if new and (IncidentKind.CANARY in new or age >= ANOTHER_KIND_AFTER_SECONDS):
        return True
    # What pages by a statistic that nobody would accept as a reason is not told.
    has_reason = (assessment.page and kinds) or assessment.paging_kinds
    if age < GRAVER_AFTER_SECONDS or not has_reason:
        return False
    p_value, records = draft.told
    if assessment.page and any(kind in _TELLING and kind not in draft.kinds for kind in kinds):
        return True
    rarer = assessment.page and assessment.p_value * WORSE_FACTOR <= p_value
    return rarer or (draft.records or 0) >= WORSE_FACTOR * max(LEAST_PAGED_RECORDS, records)
