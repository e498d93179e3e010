"""More records of a class than the user allows."""

from collections.abc import Mapping

from models.domain.access_event import AccessEvent
from models.domain.data_class import DataClass
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.rule_text import cap_text
from models.incidents.usual_range import UsualRange
from models.observation.features import CLASS_OF
from models.observation.window import Window
from models.state.principal_state import PrincipalState


def over_cap(
    event: AccessEvent,
    state: PrincipalState,
    window: Window,
    hourly: Mapping[DataClass, int],
    daily: Mapping[DataClass, int],
) -> Finding | None:
    """Find an hour or a day with more records of a class than its cap allows."""
    for name in event.data_classes:
        place = CLASS_OF.get(name)
        if place is None:
            continue
        count = window.values[place]
        if count > hourly.get(name, count):
            return _finding(event, name, count, hourly[name], "hour")
        if name in daily:
            count += state.rest_of_day(window)[place]
            if count > daily[name]:
                return _finding(event, name, count, daily[name], "day")
    return None


def _finding(event: AccessEvent, name: DataClass, count: float, cap: int, window: str) -> Finding:
    text = cap_text(event.principal, count, name, window, cap)
    reason = certain_reason(f"{name}_cap", count, UsualRange.at_most(cap), text, window=window)
    return Finding(IncidentKind.BULK_READ, reason, page=True)
