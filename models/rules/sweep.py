"""A stranger that takes everything in a bucket."""

from models.domain.access_event import AccessEvent
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.rule_text import sweep_text
from models.incidents.usual_range import UsualRange
from models.observation.features import NEW_SUBJECTS
from models.observation.window import Window
from models.tuning.rules import (
    SWEEP_COPYING_AGENTS,
    SWEEP_LEAST_NEW,
    SWEEP_LEAST_NEW_SHARE,
    SWEEP_STORAGE,
    SWEEP_TIMES_USUAL,
)


def bucket_sweep(event: AccessEvent, window: Window, usual: float) -> Finding | None:
    """Find an hour in which hundreds of objects were read, nearly all for the first time.

    Ask only where the statistics cannot say yet what is usual. A listing, or a tool that copies
    whole buckets, tells a sweep from a product that loads what its users ask for.

    Parameters
    ----------
    event, window
        The call that is judged, and its hour so far.
    usual
        New objects of the principal's fullest hours; 0 if it has none.
    """
    new = window.values[NEW_SUBJECTS]
    if new < SWEEP_LEAST_NEW or new < SWEEP_TIMES_USUAL * usual:
        return None
    if event.service not in SWEEP_STORAGE:
        return None
    # The sketch of distinct subjects may be an eighth too high; without repeats, reads are exact.
    read = max(new, min(float(window.distinct_subjects), float(window.subject_reads)))
    copies = (event.user_agent or "").lower().startswith(SWEEP_COPYING_AGENTS)
    if new < SWEEP_LEAST_NEW_SHARE * read or not (window.listings or copies):
        return None
    text = sweep_text(event.principal, new, read, event.resource or "a bucket")
    reason = certain_reason(
        "new_subjects", float(round(new)), UsualRange.at_most(round(usual)), text
    )
    sensitive = any(name.is_sensitive for name in event.data_classes)
    return Finding(IncidentKind.BULK_READ, reason, page=sensitive)
