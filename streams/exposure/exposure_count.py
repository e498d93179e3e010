"""Adds up who read what, in bounded memory."""

from typing import Final

from models.domain.access_event import AccessEvent
from models.domain.seller_notice import is_notice
from streams.exposure.period import Period
from streams.exposure.reader_exposure import ReaderExposure

_MOST_READERS: Final = 5_000
_NOBODY: Final = ""


class ExposureCount:
    """Counts the events of a period by principal.

    Parameters
    ----------
    period
        Which days count.
    tenant
        Whose data; None for all.
    most_readers
        How many principals are told apart; the later ones count together for each tenant.

    Examples
    --------
    >>> count = ExposureCount(Period.parse("2026-01-01", "2026-01-07"))
    >>> count.readers()
    []
    """

    def __init__(
        self, period: Period, tenant: str | None = None, most_readers: int = _MOST_READERS
    ) -> None:
        self.period, self.tenant = period, tenant
        self._most_readers = most_readers
        self._readers: dict[tuple[str, str], ReaderExposure] = {}
        self.events = 0

    def add(self, event: AccessEvent) -> None:
        """Count an event, if it is of the period and the tenant."""
        if not self.period.holds(event.time) or self.tenant not in (None, event.tenant):
            return
        if is_notice(event):
            # The marketplace announces; it reads nothing.
            return
        self.events += 1
        self._reader(event).add(event)

    def _reader(self, event: AccessEvent) -> ReaderExposure:
        key = event.tenant, event.principal
        reader = self._readers.get(key)
        if reader is not None:
            return reader
        if len(self._readers) >= self._most_readers:
            # Whoever invents tenants must not have a place for each either.
            key = (self.tenant or _NOBODY, _NOBODY)
        return self._readers.setdefault(key, ReaderExposure(*key))

    def readers(self) -> list[ReaderExposure]:
        """Return the principals, those that read most sensitive records first."""
        return sorted(self._readers.values(), key=lambda one: one.weight, reverse=True)
