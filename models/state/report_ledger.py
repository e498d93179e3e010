"""Which reports were asked for, and which have come that nobody was seen to ask for."""

from typing import TypeVar

import msgspec

from models.domain.access_event import AccessEvent
from models.tuning.state import (
    REPORT_LEDGER_ASKED_KEPT,
    REPORT_LEDGER_REQUESTS_KEPT,
    REPORT_LEDGER_TYPES_KEPT,
)

_Key = TypeVar("_Key")


class ReportLedger(msgspec.Struct, array_like=True):
    """Requests and notices of the tenants of a partition; times are event time, in seconds.

    Whoever floods it makes it forget requests, never notices: that leads to findings too many.

    Parameters
    ----------
    asked
        Number of tenant and report -> when it was asked for, or reported as unasked.
    requests
        Tenant and type -> times of requests whose report's id no log tells, oldest first.
    scheduled
        Tenant and type of reports that are made again and again -> when that was asked for.
    waiting
        Number of a report -> its notice, while its request may still arrive.
    logged_since
        Tenant -> when its log first showed a request: before, it cannot say that nobody asked.
    """

    asked: dict[int, float] = {}
    requests: dict[str, list[float]] = {}
    scheduled: dict[str, float] = {}
    waiting: dict[int, AccessEvent] = {}
    logged_since: dict[str, float] = {}

    def note_asked(self, number: int, seconds: float) -> None:
        """Note a report that was asked for."""
        _put(self.asked, number, seconds, REPORT_LEDGER_ASKED_KEPT)

    def note_request(self, key: str, seconds: float) -> None:
        """Note a request whose report has no known id."""
        times = self.requests.pop(key, [])
        kept = sorted([*times, seconds])[-REPORT_LEDGER_REQUESTS_KEPT:]
        _put(self.requests, key, kept, REPORT_LEDGER_TYPES_KEPT)

    def note_schedule(self, key: str, seconds: float) -> None:
        """Note that a type of report is made again and again."""
        _put(self.scheduled, key, seconds, REPORT_LEDGER_TYPES_KEPT)

    def note_log(self, tenant: str, seconds: float) -> None:
        """Note that a tenant's log shows requests."""
        since = min(seconds, self.logged_since.get(tenant, seconds))
        _put(self.logged_since, tenant, since, REPORT_LEDGER_TYPES_KEPT)

    def take_request(self, key: str, since_seconds: float, until_seconds: float) -> bool:
        """Take the oldest request of a time from a tenant and type; whether there was one."""
        times = self.requests.get(key, [])
        for seconds in times:
            if since_seconds <= seconds <= until_seconds:
                times.remove(seconds)
                if not times:
                    del self.requests[key]
                return True
        return False

    def forget_before(self, seconds: float) -> None:
        """Forget what was asked for before a time."""
        while self.asked and next(iter(self.asked.values())) < seconds:
            del self.asked[next(iter(self.asked))]
        for key in [key for key, times in self.requests.items() if times[-1] < seconds]:
            del self.requests[key]


_Value = TypeVar("_Value")


def _put(kept: dict[_Key, _Value], key: _Key, value: _Value, most: int) -> None:
    """Make a value the most recent one; forget the least recent of too many."""
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > most:
        del kept[next(iter(kept))]
