"""The newest declaration of each planned change, in memory."""

import threading
import time
from collections.abc import Callable
from typing import Final

from models.incidents.planned_change import PlannedChange, check_planned

_KEPT: Final = 1_000


class PlannedStore:
    """Keeps the last thousand planned changes.

    One thread may fill it from Kafka while another answers requests.

    Parameters
    ----------
    clock
        Seconds since 1970-01-01 UTC.

    Examples
    --------
    >>> PlannedStore().all()
    []
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._changes: dict[str, PlannedChange] = {}

    def take(self, change: PlannedChange) -> None:
        """Store a declaration, unless a newer one is known.

        Raises
        ------
        PlannedChangeError
            If nobody can have declared it.
        """
        check_planned(change, self._clock())
        with self._lock:
            known = self._changes.pop(change.change_id, change)
            newest = change if change.declared_at >= known.declared_at else known
            self._changes[change.change_id] = newest
            if len(self._changes) > _KEPT:
                del self._changes[next(iter(self._changes))]

    def get(self, change_id: str) -> PlannedChange | None:
        """Return a planned change, or None if it is unknown."""
        return self._changes.get(change_id)

    def all(self) -> list[PlannedChange]:
        """Return all of them, the last to end first."""
        with self._lock:
            changes = list(self._changes.values())
        return sorted(changes, key=lambda one: (one.until, one.change_id), reverse=True)
