"""Goes on with an incident whose cause goes on."""

from models.domain.access_event import AccessEvent
from models.domain.time_units import day_of
from models.incidents.incident_day import count_on_day
from models.incidents.incident_draft import IncidentDraft, open_incident
from models.observation.subject_sketch import SubjectSketch
from models.observation.window import Window


def reopen(draft: IncidentDraft, event: AccessEvent, window: Window) -> None:
    """Reopen a closed incident with an event; the hour so far is added to its figures.

    Whom it has paged knows of it: it pages nobody by being open again.
    """
    more = open_incident(event, window)
    draft.reopened_at = event.time
    draft.updated_at = max(draft.updated_at, event.time)
    draft.published = None
    draft.calls += more.calls
    draft.records = _sum(draft.records, more.records)
    draft.bytes = _sum(draft.bytes, more.bytes)
    draft.secrets += more.secrets
    draft.classes |= more.classes
    if more.subjects:
        registers = draft.subjects.setdefault("all", SubjectSketch.of_an_hour().registers)
        SubjectSketch(registers).merge(SubjectSketch(more.subjects["all"]))
    count_on_day(draft.days, day_of(event.time), more.calls, more.records or 0)
    draft.add_details(event)


def _sum(known: int | None, more: int | None) -> int | None:
    return more if known is None else known + (more or 0)
