"""Many statistical pages at once: one market event to report, not many thefts."""

from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from models.incidents.incident import IncidentKind, Reason
from models.incidents.incident_draft import IncidentDraft, open_incident
from models.incidents.reason_text import fleet_text
from models.observation.features import FIRST_CLASS, NEW_SUBJECTS
from models.observation.window import Window
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import PrincipalState
from models.tuning.detection import FLEET_PAGES_KEPT, SHARED_NETWORK_MOST_USUAL_DAYS


def join_fleet_incident(
    event: AccessEvent,
    state: PrincipalState,
    window: Window,
    memory: DetectorMemory,
    settings: DetectorSettings,
) -> tuple[bool, IncidentDraft | None]:
    """Record a statistical page; if there are too many, count it into the fleet's incident.

    Returns
    -------
    tuple
        Whether another incident covers the page, and the fleet's incident if it is news.
    """
    fleet = memory.fleet
    recent = [p for p in fleet.recent_pages if p[0] > event.time - DAY_SECONDS]
    network = next((n for n, new in window.new.items() if new.feature == "network"), 0)
    # A network that is new to several people within a day is an office: one page is enough.
    is_office = state.facts.is_person and network in {p[3] for p in recent} - {0}
    page = (event.time, event.tenant, event.principal, network)
    fleet.recent_pages = [*recent, page][-FLEET_PAGES_KEPT:]
    if is_office or _is_told(network, event.time, state, window, memory):
        return True, None
    share = settings.fleet_incident_share * len(memory.states)
    limit = max(settings.fleet_incident_principals, round(share))
    since = event.time - HOUR_SECONDS
    names = {(p[1], p[2]) for p in fleet.recent_pages if p[0] > since}
    if len(names) < limit:
        return False, None
    if fleet.surge is None:
        fleet.surge = _open(event, window, names)
    else:
        fleet.surge.add(event)
    return True, fleet.surge if fleet.surge.take_news() else None


def _is_told(
    network: int, seconds: float, state: PrincipalState, window: Window, memory: DetectorMemory
) -> bool:
    """Whether a page told of the network that this principal shares, and its day is as usual."""
    if not memory.fleet.shared_networks.is_told(network, seconds):
        return False
    rest = state.rest_of_day(window)
    for feature in range(FIRST_CLASS, NEW_SUBJECTS):
        if window.values[feature] > 0.0:
            usual = state.days.usual_range(feature)
            today = rest[feature] + window.values[feature]
            if usual is None or today > SHARED_NETWORK_MOST_USUAL_DAYS * usual[1]:
                return False
    return True


def _open(event: AccessEvent, window: Window, names: set[tuple[str, str]]) -> IncidentDraft:
    surge = open_incident(event, window)
    surge.principal = "fleet"
    surge.kinds[IncidentKind.BULK_READ] = None
    surge.paged_at = event.time
    surge.page_kind = IncidentKind.BULK_READ
    surge.likely = (_reason(names),)
    surge.raise_severity(window)
    return surge


def _reason(principals: set[tuple[str, str]]) -> Reason:
    names = sorted({name for _, name in principals})
    return Reason(
        feature="principals",
        window="hour",
        observed=float(len(names)),
        expected="fewer than one in a day",
        p_value=0.0,
        contribution=1.0,
        text=fleet_text(names),
    )
