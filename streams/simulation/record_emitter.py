"""Turns reads into log records, with the faults of real logs."""

import random
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from models.domain.data_class import DataClass
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from streams.simulation.clock_text import ClockText
from streams.simulation.cloudtrail_writer import CloudTrailWriter
from streams.simulation.identity import Identity
from streams.simulation.log_fields import hide
from streams.simulation.operation import Operation
from streams.simulation.population import Population
from streams.simulation.seller_api_writer import SellerApiWriter

if TYPE_CHECKING:
    from streams.simulation.targets import Targets


class SimulatedRecord(NamedTuple):
    """A raw log record, with facts that only the simulator knows.

    Parameters
    ----------
    time
        Event time, in seconds since 1970-01-01 UTC.
    source
        ``seller-api`` or ``cloudtrail``.
    record
        The record as logged.
    attack
        Id of its attack; None for benign traffic.
    """

    time: float
    source: str
    record: dict[str, Any]
    attack: str | None


OK: Final = 200
DENIED: Final = 403
MISSING: Final = 404
THROTTLED: Final = 429
_PAGES_MAX: Final = 400
_THROTTLED_SHARE: Final = 0.004
_DENIED_SHARE: Final = 0.0006
_LATE_SHARE: Final = 0.03
_TWICE_SHARE: Final = 0.0008
_RETRY_SECONDS: Final = 2.0


class RecordEmitter:
    """Turns the reads of one caller into log records, in log order.

    Parameters
    ----------
    identity
        The caller.
    population
        The data that it reads.
    rng
        Random stream of the caller.
    start
        Start of the simulation, in seconds since 1970-01-01 UTC.
    disorder_seconds
        How late a record may be.
    logs_rows
        Share of the calls, 0 to 1, whose log has the number of rows.
    attack
        Id of the attack; None for benign traffic.
    targets
        Chooses the objects of an attack; None reads recent ones.
    hidden
        Fields of the seller API's log that the log does not have.
    """

    def __init__(  # noqa: PLR0913 - all keywords
        self,
        *,
        identity: Identity,
        population: Population,
        rng: random.Random,
        start: float,
        disorder_seconds: float,
        logs_rows: float,
        attack: str | None = None,
        targets: "Targets | None" = None,
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        self.pending: list[tuple[float, SimulatedRecord]] = []
        self.truth: list[tuple[float, str, int, tuple[DataClass, ...]]] = []
        self._population = population
        self._rng = rng
        self._start = start
        self._disorder_seconds = disorder_seconds
        self._logs_rows = logs_rows
        self._attack = attack
        self._targets = targets
        self._hidden = hidden
        # How far back its reads reach, in seconds.
        self.reach_seconds = DAY_SECONDS
        self._clock = ClockText()
        self._writer = self._writer_of(identity)

    def change_identity(self, identity: Identity) -> None:
        """Change the identity of the caller from now on, such as its user agent or network."""
        if identity != self._writer.identity:
            self._writer = self._writer_of(identity)

    def read(
        self,
        operation: Operation,
        time: float,
        rows: int,
        *,
        position: int | None = None,
        gap_seconds: float = 1.5,
    ) -> float:
        """Read rows page by page; return the end time of the read.

        Parameters
        ----------
        operation
            The operation to call.
        time
            Start time, in seconds since 1970-01-01 UTC.
        rows
            Total number of rows.
        position
            Position in the table; None reads recent rows.
        gap_seconds
            Mean time between two pages.
        """
        page, is_first = operation.page_rows, True
        for _ in range(_PAGES_MAX):
            count = min(rows, page)
            if self._rng.random() < _THROTTLED_SHARE:
                self.call(operation, time, 0, THROTTLED)
                time += _RETRY_SECONDS * (0.5 + self._rng.random())
            elif self._rng.random() < _DENIED_SHARE:
                self.call(operation, time, 0, DENIED)
                return time
            self.call(operation, time, count, OK, position=position, is_first=is_first)
            is_first = False
            rows -= count
            if position is not None:
                position += count
            time += gap_seconds * (0.3 + 1.4 * self._rng.random())
            if rows <= 0:
                break
        return time

    def call(  # noqa: PLR0913 - all but the first four are options
        self,
        operation: Operation,
        time: float,
        rows: int,
        status: int,
        *,
        position: int | None = None,
        key: str | None = None,
        ids: list[str] | None = None,
        is_first: bool = True,
    ) -> None:
        """Make one call; its record may be late or duplicated.

        Only the first page of a read says how far back it reaches.
        """
        rng = self._rng
        if self._targets is not None:
            time = self._targets.moment(time)
        if ids is None:
            ids = self._ids(operation, time, rows, position) if status == OK else []
        if key is None:
            hour = (time - self._start) / HOUR_SECONDS
            key = self._key(operation, hour)
        record = self._writer.write(operation, time, rows, status, ids=ids, key=key)
        if operation.since and is_first:
            since = max(0.0, time - self.reach_seconds)
            record["query"][operation.since] = self._clock.seconds(since)
        if self._hidden:
            hide(record, self._hidden)
        simulated = SimulatedRecord(time, self._writer.source, record, self._attack)
        late = rng.random()
        arrival = time
        if late < _LATE_SHARE:
            arrival += self._disorder_seconds * (late / _LATE_SHARE)
        self.pending.append((arrival, simulated))
        if rng.random() < _TWICE_SHARE:
            again = time + self._disorder_seconds * rng.random()
            copy = SimulatedRecord(time, simulated.source, dict(record), self._attack)
            self.pending.append((max(arrival, again), copy))
        if self._attack is not None:
            event_id = record.get("request_id") or record["eventID"]
            answered = status == OK
            classes = operation.data_classes if answered else ()
            # To the moment that the log tells: an attack does not begin after its first record.
            told = datetime.fromisoformat(record.get("time") or record["eventTime"]).timestamp()
            self.truth.append((told, event_id, rows if answered and classes else 0, classes))

    def _ids(self, operation: Operation, time: float, rows: int, position: int | None) -> list[str]:
        subject = operation.subject
        if not subject or rows <= 0:
            return []
        if self._targets is not None:
            return self._targets.ids(operation, rows)
        if position is not None:
            return self._population.bulk(subject, position, rows)
        hour = (time - self._start) / HOUR_SECONDS
        return self._population.recent(subject, hour, self._rng.random(), rows)

    def _key(self, operation: Operation, hour: float) -> str:
        if operation.report_type is not None or operation.target.startswith("/reports"):
            return f"{self._rng.getrandbits(44):013d}"
        if self._targets is not None:
            return self._targets.key(operation)
        return self._population.order_id(int(hour * 60.0) + self._rng.randrange(2000))

    def _writer_of(self, identity: Identity) -> SellerApiWriter | CloudTrailWriter:
        if identity.application_id is None:
            return CloudTrailWriter(identity, self._rng)
        return SellerApiWriter(identity, self._logs_rows, self._rng)
