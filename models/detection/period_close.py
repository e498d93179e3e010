"""Closes the hours and days that event time has passed."""

from collections.abc import Mapping

from models.detection.day_close import close_day
from models.detection.hour_close import close_hour
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from models.state.detector_memory import DetectorMemory
from models.tuning.detection import MOST_DAYS_CLOSED


def close_ended_hours(
    memory: DetectorMemory, settings: DetectorSettings, watermark_seconds: float
) -> None:
    """Close every open hour that ended before the watermark, the oldest first."""
    ended = [i for i in memory.open_hours if (i + 1) * HOUR_SECONDS <= watermark_seconds]
    for index in sorted(ended):
        for key in memory.open_hours.pop(index):
            state = memory.states[key]
            close_hour(memory, state, state.windows.pop(index), settings)
            memory.mark(key)
            memory.mark_cohort(state.facts.cohort)


def close_ended_days(
    memory: DetectorMemory, profiles: Mapping[str, PrincipalProfile], day: int
) -> None:
    """Close the days before `day`, counted from 1970-01-01."""
    fleet = memory.fleet
    if fleet.started is None or day <= fleet.day:
        return
    if day > fleet.day + MOST_DAYS_CLOSED:
        fleet.day = day - 1
    while fleet.day < day:
        _close_day(memory, profiles)
        fleet.day += 1


def _close_day(memory: DetectorMemory, profiles: Mapping[str, PrincipalProfile]) -> None:
    fleet = memory.fleet
    for state in memory.states.values():
        state.facts.day = fleet.day
    active = sum(1 for s in memory.states.values() if any(v > 0.0 for v in s.facts.today))
    fleet.principal_days_total += active
    if fleet.started is not None and fleet.day * DAY_SECONDS > fleet.started:
        fleet.mature_days += active
    close_day(memory, profiles)
    for key, state in memory.states.items():
        memory.mark(key)
        memory.mark_cohort(state.facts.cohort)
