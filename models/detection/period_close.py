"""Closes the hours and days that event time has passed."""

from collections.abc import Mapping

from models.detection.day_close import close_day
from models.detection.hour_close import close_hour
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS, day_of
from models.state.detector_memory import DetectorMemory
from models.tuning.detection import MOST_DAYS_CLOSED


def close_ended_periods(
    memory: DetectorMemory,
    settings: DetectorSettings,
    profiles: Mapping[str, PrincipalProfile],
    watermark_seconds: float,
) -> None:
    """Close every hour and day that ended before the watermark, in the order of their ends.

    A day closes behind its own hours and before those of the next one, so that each volume is
    learnt as part of its own day.
    """
    fleet, day = memory.fleet, day_of(watermark_seconds)
    if fleet.started is not None:
        if day > fleet.day + MOST_DAYS_CLOSED:
            fleet.day = day - 1
        while fleet.day < day:
            _close_hours(memory, settings, (fleet.day + 1) * DAY_SECONDS)
            _close_day(memory, profiles)
            fleet.day += 1
    _close_hours(memory, settings, watermark_seconds)


def _close_hours(memory: DetectorMemory, settings: DetectorSettings, end_seconds: float) -> None:
    ended = [index for index in memory.open_hours if (index + 1) * HOUR_SECONDS <= end_seconds]
    for index in sorted(ended):
        # In the order of names: a restored memory closes them as the one before would have.
        for key in sorted(memory.open_hours.pop(index)):
            state = memory.states[key]
            close_hour(memory, state, state.windows.pop(index), settings)
            memory.weigh(key, state)
            memory.mark(key)
            memory.mark_cohort(state.facts.cohort)


def _close_day(memory: DetectorMemory, profiles: Mapping[str, PrincipalProfile]) -> None:
    fleet = memory.fleet
    for state in memory.states.values():
        state.facts.day = fleet.day
        state.facts.late_hours, state.facts.late_hours_today = {}, 0
    active = sum(1 for s in memory.states.values() if any(v > 0.0 for v in s.facts.today))
    fleet.principal_days_total += active
    if fleet.started is not None and fleet.day * DAY_SECONDS > fleet.started:
        fleet.mature_days += active
    close_day(memory, profiles)
    for key in memory.states:
        memory.mark(key)
    # Also those without a member: each has learnt the day.
    for name in memory.cohorts:
        memory.mark_cohort(name)
