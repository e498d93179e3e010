"""The ground truth of an attack."""

from bisect import bisect_left
from dataclasses import dataclass

from models.domain.data_class import DataClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """An attack and every event of it.

    Parameters
    ----------
    attack_id
        As in `SimulatedRecord.attack`.
    kind
        Name of the attack in the settings.
    tenant, principal, credential_id
        The abused principal and its credential.
    start, end
        Times of its first and last event as the log tells them, in seconds since 1970-01-01 UTC.
    data_classes
        Classes that it reads.
    event_ids
        ``request_id`` or ``eventID`` of its events, in time order.
    times
        Event times, ascending, in seconds.
    rows
        Rows that each event reads, even if the log does not say so.
    way
        How it chooses what it reads, one of `streams.simulation.simulation_settings.WAYS`.
    note
        What else a drawn theft is: size, length, pace, network and tool.

    Examples
    --------
    >>> attack = Attack(
    ...     attack_id="burst-0", kind="burst", tenant="A1", principal="app", credential_id="k",
    ...     start=10.0, end=20.0, data_classes=(DataClass.CUSTOMER,),
    ...     event_ids=("a", "b"), times=(10.0, 20.0), rows=(100, 300),
    ... )
    >>> attack.rows_total, attack.rows_before(15.0), attack.share_before(15.0)
    (400, 100, 0.25)
    """

    attack_id: str
    kind: str
    tenant: str
    principal: str
    credential_id: str
    start: float
    end: float
    data_classes: tuple[DataClass, ...]
    event_ids: tuple[str, ...]
    times: tuple[float, ...]
    rows: tuple[int, ...]
    way: str = "recent"
    note: str = ""

    @property
    def rows_total(self) -> int:
        """All rows that it reads."""
        return sum(self.rows)

    def rows_before(self, time: float) -> int:
        """Count the rows that were read before a time, in seconds since 1970-01-01 UTC."""
        return sum(self.rows[: bisect_left(self.times, time)])

    def share_before(self, time: float) -> float:
        """Return the share of its rows, 0 to 1, that were read before a time."""
        total = self.rows_total
        return self.rows_before(time) / total if total else 0.0
