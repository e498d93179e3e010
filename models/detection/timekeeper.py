"""Follows event time: closes what has ended, and says which events come too late."""

from collections.abc import Mapping

from msgspec.structs import replace

from models.detection.clock_reset import take_back
from models.detection.period_close import close_ended_periods
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.access_event import AccessEvent, Outcome
from models.domain.event_clock import LAST_SECOND
from models.domain.time_units import HOUR_SECONDS
from models.state.detector_memory import DetectorMemory
from models.tuning.detection import SWEEP_SECONDS
from models.tuning.state import DETECTOR_FUTURE_SECONDS


class Timekeeper:
    """Keeps the time of a partition, in its memory.

    Parameters
    ----------
    settings
        How late an event may be.
    profiles
        What the user declared, by principal.
    memory
        What the detector remembers.
    """

    def __init__(
        self,
        settings: DetectorSettings,
        profiles: Mapping[str, PrincipalProfile],
        memory: DetectorMemory,
    ) -> None:
        self._lateness_seconds = settings.allowed_lateness_seconds
        self._settings, self._profiles, self._memory = settings, profiles, memory
        # Derived from the memory: in hours from here on, events are still counted.
        self.open_since_seconds = 0.0
        self.restored()

    def restored(self) -> None:
        """Derive anew what follows from the memory: another one was put in its place."""
        watermark = (self._memory.fleet.swept or 0.0) - self._lateness_seconds
        self.open_since_seconds = watermark // HOUR_SECONDS * HOUR_SECONDS

    def bound(self, event: AccessEvent, arrived_seconds: float) -> AccessEvent:
        """Judge an event from after its arrival at its arrival: dropped, it would hide theft."""
        if 0.0 <= event.time <= arrived_seconds + DETECTOR_FUTURE_SECONDS:
            return event
        self._memory.fleet.future_events_total += 1
        return replace(event, time=arrived_seconds)

    def follow(self, event: AccessEvent, *, is_bounded: bool) -> bool | None:
        """Follow an event's time; return whether there may be something to close.

        Only a successful call moves time: anybody may be refused under any name.

        Returns
        -------
        bool or None
            None if no event can have such a time; it is counted.
        """
        if not 0.0 <= event.time < LAST_SECOND:
            self._memory.fleet.time_jumps_total += 1
            return None
        clock = self._memory.clock
        before = clock.newest_seconds
        if event.outcome is not Outcome.SUCCESS and before is not None:
            return False
        clock.advance(event.principal, event.time, is_bounded=is_bounded)
        newest = clock.newest_seconds
        if newest is None or newest == before:
            return False
        if before is not None and newest < before:
            take_back(self._memory, newest)
            self.restored()
        swept = self._memory.fleet.swept
        return swept is None or newest >= swept + SWEEP_SECONDS

    def sweep(self, newest_seconds: float) -> bool:
        """Close the hours and days that have ended; False if the last sweep was just before."""
        fleet = self._memory.fleet
        if fleet.swept is not None and newest_seconds < fleet.swept + SWEEP_SECONDS:
            return False
        fleet.swept = newest_seconds
        self.restored()
        watermark = newest_seconds - self._lateness_seconds
        close_ended_periods(self._memory, self._settings, self._profiles, watermark)
        return True
