"""The traffic of one principal, hour by hour."""

import math
import random
from dataclasses import replace
from typing import Final

from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from streams.simulation.job import DAYS_PER_WEEK, HOURS_PER_DAY, Job
from streams.simulation.operation import Operation, operations
from streams.simulation.principal_changes import PrincipalChanges
from streams.simulation.record_emitter import RecordEmitter
from streams.simulation.seeds import lognormal, poisson, seeded_random
from streams.simulation.simulated_principal import SimulatedPrincipal

_CALLS_SIGMA: Final = 0.7
_CALLS_MAX: Final = 60
_REPORT_WAIT_SECONDS: Final = 60.0
_CALL_GAP_SECONDS: Final = 2.5


def usual_reach(principal: str) -> float:
    """Return how far back a principal's polls reach, in seconds: about a day, a month at most.

    Examples
    --------
    >>> 900.0 <= usual_reach("app-1") <= 30 * 86_400.0
    True
    """
    # A stream of its own: the rest of the simulation is the same with and without it.
    drawn = lognormal(seeded_random(0, "reach", principal), DAY_SECONDS, 1.0)
    return min(30 * DAY_SECONDS, max(900.0, drawn))


class Traffic:
    """Simulates a principal's habits with its own noise.

    Parameters
    ----------
    principal
        The principal to simulate.
    emitter
        Writes its records.
    rng
        Random stream of the caller.
    start
        Start of the simulation, in seconds since 1970-01-01 UTC.
    weekday
        Day of the week of the start, 0 for Monday.
    scale
        Factor for the number of calls.
    changes
        Benign changes.
    """

    def __init__(  # noqa: PLR0913 - all keywords
        self,
        *,
        principal: SimulatedPrincipal,
        emitter: RecordEmitter,
        rng: random.Random,
        start: float,
        weekday: int,
        scale: float,
        changes: PrincipalChanges,
    ) -> None:
        self.emitter = emitter
        self._principal = principal
        self._rng = rng
        self._start = start
        self._weekday = weekday
        self._scale = scale
        self._changes = changes
        self._day = -1
        self._day_noise = 1.0
        self._due = [rng.random() for _ in principal.jobs]
        self._reach_seconds = usual_reach(principal.identity.principal)
        self._per_hour = [job.runs_per_day / sum(job.hours) for job in principal.jobs]

    def hour(self, hour: int, factor: float = 1.0) -> None:
        """Emit the records of one hour; `hour` counts from the start, `factor` scales it."""
        principal, rng = self._principal, self._rng
        if hour < principal.first_hour:
            return
        day, hour_of_day = divmod(hour, HOURS_PER_DAY)
        if day != self._day:
            self._day, self._day_noise = day, lognormal(rng, 1.0, principal.day_sigma)
        noise = self._day_noise * lognormal(rng, principal.level, principal.hour_sigma)
        factor *= self._changes.factor(hour) * self._scale
        self._follow_changes(hour)
        self.emitter.reach_seconds = self._changes.reach_seconds(hour, self._reach_seconds)
        weekday = (self._weekday + day) % DAYS_PER_WEEK
        for index, job in enumerate(principal.jobs):
            runs = self._per_hour[index] * job.hours[hour_of_day] * job.weekdays[weekday] * factor
            if job.periodic:
                self._due[index] += runs
                count = int(self._due[index])
                self._due[index] -= count
                self._run_all(job, hour, count, noise)
            else:
                self._run_all(job, hour, poisson(rng, runs * noise), math.sqrt(principal.level))

    def _run_all(self, job: Job, hour: int, count: int, rows_factor: float) -> None:
        first = self._start + hour * HOUR_SECONDS
        for run in range(count):
            place = (run + 0.2 * self._rng.random()) / count if job.periodic else self._rng.random()
            self._run(job, hour, first + place * HOUR_SECONDS, rows_factor)

    def _run(self, job: Job, hour: int, time: float, rows_factor: float) -> None:
        rng, operations = self._rng, job.operations
        if job.pick_one:
            operations = (operations[int(rng.random() * len(operations))],)
        calls = 1
        if job.calls_median > 1.0:
            drawn = lognormal(rng, job.calls_median, _CALLS_SIGMA)
            calls = max(1, min(_CALLS_MAX, round(drawn)))
        for operation in operations:
            wait = _CALL_GAP_SECONDS
            if operation.target.startswith("/reports"):
                wait = _REPORT_WAIT_SECONDS
            time = self._read(self._updated(operation, hour), time, calls, rows_factor)
            time += wait * rng.random()

    def _read(self, operation: Operation, time: float, calls: int, rows_factor: float) -> float:
        for _ in range(calls):
            rows = operation.rows_median
            if operation.rows_sigma > 0.0:
                rows = lognormal(self._rng, rows * rows_factor, operation.rows_sigma)
            time = self.emitter.read(operation, time, round(rows))
        return time

    def _updated(self, operation: Operation, hour: int) -> Operation:
        if operation.name == "getOrders" and self._is_new_version(hour):
            return operations()["orders_new"]
        return operation

    def _is_new_version(self, hour: int) -> bool:
        begin = self._changes.update_hour
        if begin is None or hour < begin:
            return False
        rolled_out = (hour - begin + 1) / self._changes.update_hours
        return rolled_out >= 1.0 or self._rng.random() < rolled_out

    def _follow_changes(self, hour: int) -> None:
        changes = self._changes
        if changes.update_hour is None and changes.move_hour is None and not changes.identities:
            return
        identity = changes.identity(hour, self._principal.identity)
        if self._is_new_version(hour):
            identity = replace(identity, user_agent=changes.user_agent)
        if changes.move_hour is not None and hour >= changes.move_hour:
            identity = replace(identity, addresses=identity.addresses + changes.addresses)
        self.emitter.change_identity(identity)
