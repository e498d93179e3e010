"""The newest incidents and verdicts, in memory."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from models.errors import VerdictError
from models.incidents.feedback import Feedback, check_incident, check_time
from models.incidents.incident import Incident, IncidentStatus
from models.incidents.planned_change import PlannedChange
from streams.web.activity_store import ActivityStore
from streams.web.incident_filter import IncidentFilter
from streams.web.planned_store import PlannedStore

_VerdictKey = tuple[str, str, str]


class IncidentStore:
    """Keeps the last state of each incident, for a limited number of incidents.

    One thread may fill it from Kafka while another answers requests.

    When it is full, it evicts closed incidents first, the longest silent ones before others. The
    topic still holds them.

    Parameters
    ----------
    kept
        Most incidents to keep.
    clock
        Seconds since 1970-01-01 UTC.

    Examples
    --------
    >>> store = IncidentStore(kept=5_000)
    >>> store.find(IncidentFilter())
    []
    """

    def __init__(self, kept: int, clock: Callable[[], float] = time.time) -> None:
        self._kept, self._clock = kept, clock
        self.planned = PlannedStore(clock)
        self.activities = ActivityStore(kept, clock)
        self._lock = threading.Lock()
        self._incidents: dict[str, Incident] = {}
        # A verdict may arrive before its incident: the topics are read side by side. Under another
        # tenant's or principal's name it is another verdict, which stands in nobody's way.
        self._verdicts: dict[_VerdictKey, Feedback] = {}

    def __len__(self) -> int:
        return len(self._incidents)

    def take_incident(self, incident: Incident) -> None:
        """Store the newest state of an incident."""
        with self._lock:
            self._incidents[incident.incident_id] = incident
            # Sorting once for many removals keeps a full store cheap.
            if len(self._incidents) > self._kept + max(16, self._kept // 8):
                self._make_room()

    def take_verdict(self, verdict: Feedback) -> None:
        """Store a verdict, unless a newer one is known.

        Raises
        ------
        VerdictError
            If it is of the future, or does not belong to the incident that it names.
        """
        check_time(verdict, self._clock())
        with self._lock:
            incident = self._incidents.get(verdict.incident_id)
            if incident is not None:
                check_incident(verdict, incident)
            key = _key(verdict)
            known = self._verdicts.pop(key, verdict)
            self._verdicts[key] = verdict if verdict.decided_at >= known.decided_at else known
            if len(self._verdicts) > 2 * self._kept:
                strangers = (key for key in self._verdicts if key[0] not in self._incidents)
                del self._verdicts[next(strangers, next(iter(self._verdicts)))]

    def incident(self, incident_id: str) -> Incident | None:
        """Return an incident, or None if it is unknown."""
        return self._incidents.get(incident_id)

    def verdict(self, incident_id: str) -> Feedback | None:
        """Return the verdict on an incident, or None if there is none."""
        incident = self._incidents.get(incident_id)
        verdict = None if incident is None else self._verdicts.get(_key(incident))
        if incident is None or verdict is None:
            return None
        with suppress(VerdictError):
            # It may have come before its incident, and be older.
            check_incident(verdict, incident)
            return verdict
        return None

    def under(self, change: PlannedChange) -> list[Incident]:
        """Return the incidents of a planned change: what stayed inside first, then what did not."""
        found = [
            incident
            for incident in self.all()
            if incident.planned is not None and incident.planned.change_id == change.change_id
        ]
        return sorted(found, key=lambda one: (one.page, one.opened_at))

    def owner_of(self, incident_id: str) -> str:
        """Return who has taken an incident; empty if nobody has."""
        incident = self.incident(incident_id)
        taken = None if incident is None else self.activities.owner(incident)
        return "" if taken is None else taken.by

    def find(self, wanted: IncidentFilter) -> list[Incident]:
        """Return the incidents that match: open before closed, then the worst, then the newest."""
        found = [incident for incident in self.all() if wanted.matches(incident)]
        found.sort(key=_urgency, reverse=True)
        return found[: self._kept]

    def all(self) -> list[Incident]:
        """Return all known incidents, in no order."""
        with self._lock:
            return list(self._incidents.values())

    def tenants(self) -> list[str]:
        """Return the tenants of all known incidents."""
        return sorted({incident.tenant for incident in self.all()})

    def _make_room(self) -> None:
        order = sorted(self._incidents.values(), key=_age)
        for incident in order[: len(order) - self._kept]:
            del self._incidents[incident.incident_id]
            self._verdicts.pop(_key(incident), None)


def _key(found: Incident | Feedback) -> _VerdictKey:
    return found.incident_id, found.tenant, found.principal


def _is_open(incident: Incident) -> bool:
    return incident.status is IncidentStatus.OPEN


def _urgency(incident: Incident) -> tuple[bool, bool, int, float, str]:
    newest = incident.updated_at.timestamp()
    is_open = _is_open(incident)
    return is_open, incident.is_paging, _rank(incident), newest, incident.incident_id


def _rank(incident: Incident) -> int:
    # Closed incidents read as a history: newest first.
    return incident.severity.rank if _is_open(incident) else 0


def _age(incident: Incident) -> tuple[bool, float, str]:
    return _is_open(incident), incident.updated_at.timestamp(), incident.incident_id
