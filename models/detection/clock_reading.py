"""What the clock of a partition shows."""

from dataclasses import dataclass

from models.domain.time_units import HOUR_SECONDS
from models.state.detector_memory import DetectorMemory

# When a principal was last seen is noted once an hour.
_AGREEING_SECONDS = 2 * HOUR_SECONDS


@dataclass(frozen=True)
class ClockReading:
    """The time of a partition, and who has made it; times are event time in seconds.

    Parameters
    ----------
    newest_seconds
        The time that two principals have reached; None before the first event.
    leader, leader_seconds
        The principal that is furthest ahead, and its time.
    principals, agreeing
        How many are known, and how many were seen within two hours of the clock.
    late, future, impossible
        Events that were too late, from after their arrival, and of an impossible time.
    """

    newest_seconds: float | None
    leader: str
    leader_seconds: float
    principals: int
    agreeing: int
    late: int
    future: int
    impossible: int


def read_clock(memory: DetectorMemory) -> ClockReading:
    """Read the clock of a partition.

    Examples
    --------
    >>> read_clock(DetectorMemory(prior_days=14.0, cohort_weight=8.0)).newest_seconds is None
    True
    """
    newest, state, fleet = memory.clock.newest_seconds, memory.clock.state, memory.fleet
    seen = [principal.facts.last_seen for principal in memory.states.values()]
    agreeing = sum(abs(last - (newest or 0.0)) <= _AGREEING_SECONDS for last in seen)
    return ClockReading(
        newest,
        state.leader,
        state.leader_seconds,
        len(seen),
        agreeing,
        fleet.late_events_total,
        fleet.future_events_total,
        fleet.time_jumps_total,
    )
