"""The logs of incidents, in memory."""

import threading
import time
from collections.abc import Callable
from typing import Final

from models.incidents.activity import Activity, ActivityKind, check_activity, ownership
from models.incidents.incident import Incident

_ENTRIES_KEPT: Final = 200
_Key = tuple[str, str, str]


class ActivityStore:
    """Keeps the last 200 entries of each log, for a limited number of incidents.

    One thread may fill it from Kafka while another answers requests. An entry may arrive before its
    incident; under another tenant's or principal's name it is another incident's.

    Parameters
    ----------
    kept
        Most logs to keep.
    clock
        Seconds since 1970-01-01 UTC.
    """

    def __init__(self, kept: int, clock: Callable[[], float] = time.time) -> None:
        self._kept, self._clock = kept, clock
        self._lock = threading.Lock()
        self._logs: dict[_Key, dict[str, Activity]] = {}

    def take(self, activity: Activity, incident: Incident | None) -> None:
        """Store an entry; one that is known already changes nothing.

        Raises
        ------
        ActivityError
            If nobody can have written it, or if it is not on `incident`, the one that it names.
        """
        check_activity(activity, self._clock(), incident)
        key = activity.incident_id, activity.tenant, activity.principal
        with self._lock:
            log = self._logs.pop(key, {})
            # The longest silent log goes first.
            self._logs[key] = log
            log[activity.activity_id] = activity
            if len(log) > _ENTRIES_KEPT:
                del log[_least(log)]
            if len(self._logs) > self._kept:
                del self._logs[next(iter(self._logs))]

    def log(self, incident: Incident) -> tuple[Activity, ...]:
        """Return the entries of an incident, the oldest first."""
        key = incident.incident_id, incident.tenant, incident.principal
        with self._lock:
            entries = list(self._logs.get(key, {}).values())
        return tuple(sorted(entries, key=lambda one: (one.at, one.activity_id)))

    def owner(self, incident: Incident) -> Activity | None:
        """Return by which entry somebody has taken an incident; None if nobody has it."""
        return ownership(self.log(incident))


def _least(log: dict[str, Activity]) -> str:
    """Return the oldest entry that does not say whose the incident is."""
    moves = [n for n, one in log.items() if one.kind in {ActivityKind.TAKEN, ActivityKind.RELEASED}]
    newest = max(moves, key=lambda name: log[name].at, default=None)
    return min((name for name in log if name != newest), key=lambda name: log[name].at)
