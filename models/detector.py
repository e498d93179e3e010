"""From access events to incidents: score, then learn."""

from collections.abc import Mapping, Sequence
from typing import Final

from models.detection.incident_engine import Judge
from models.detection.new_values import note_hour, note_newcomer, note_values
from models.detection.period_close import close_ended_days, close_ended_hours
from models.detection.verdict_learning import apply_verdict
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.access_event import AccessEvent, PrincipalKind
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS, day_of, hour_of
from models.incidents.feedback import Verdict
from models.incidents.incident import Incident, IncidentStatus
from models.observation.tokens import Tokens
from models.observation.window import Window
from models.state.detector_memory import DetectorMemory, Key
from models.state.principal_state import PrincipalState

_SWEEP_SECONDS: Final = 300.0
_JUMP_SECONDS: Final = 60 * DAY_SECONDS
# So many events in a row far ahead are no fault of a clock: time has moved on.
_JUMPS_BELIEVED: Final = 5
_LAST_SECOND: Final = 32_503_680_000.0
_NAME_CHARACTERS: Final = 512


class Detector:
    """Detects unusual bulk reads in the events of one partition.

    The same events in the same order give the same incidents, ids included: there is no
    clock and no randomness in it.

    Parameters
    ----------
    settings
        All tunables.
    profiles
        What the user declared, by principal.
    partition
        Which Kafka partition it serves; for people only.
    canaries
        Keyed hashes of the planted ids that nobody should read.

    Examples
    --------
    >>> detector = Detector(DetectorSettings(), {})
    >>> detector.process_batch([]), detector.principals_known
    ([], 0)
    """

    def __init__(
        self,
        settings: DetectorSettings,
        profiles: Mapping[str, PrincipalProfile],
        partition: int = 0,
        canaries: frozenset[int] = frozenset(),
    ) -> None:
        self.partition = partition
        self._settings = settings
        self._profiles = profiles
        self._memory = DetectorMemory(settings.threshold_prior_days, settings.cohort_weight)
        self._judge = Judge(settings, profiles, canaries, self._memory)
        self._tokens = Tokens()
        self._late_seconds = HOUR_SECONDS + settings.allowed_lateness_seconds

    @property
    def principals_known(self) -> int:
        """How many principals have a state."""
        return len(self._memory.states)

    @property
    def newest_event_seconds(self) -> float | None:
        """The latest event time seen, in seconds."""
        return self._memory.fleet.newest_event_seconds

    @property
    def events_total(self) -> int:
        """Events that came."""
        return self._memory.fleet.events_total

    @property
    def late_events_total(self) -> int:
        """Events that came too late for the statistics; rules still saw them."""
        return self._memory.fleet.late_events_total

    @property
    def time_jumps_total(self) -> int:
        """Events whose time is impossible, or far ahead of all others."""
        return self._memory.fleet.time_jumps_total

    @property
    def evicted_principals_total(self) -> int:
        """Principals that were forgotten because there were too many."""
        return self._memory.fleet.evicted_principals_total

    @property
    def principal_days_total(self) -> int:
        """Days on which a principal was active: the denominator of the rate of pages."""
        return self._memory.fleet.principal_days_total

    @property
    def statistical_pages_total(self) -> int:
        """Pages by the statistics alone, true or false: what the budget is about."""
        return self._memory.fleet.pages_total

    def take_closed_days(self) -> list[tuple[float, float]]:
        """Return score and p-value of each principal's day that ended since the last call."""
        days = list(self._memory.closed_days)
        self._memory.closed_days.clear()
        return days

    def take_changes(self) -> dict[bytes, bytes]:
        """Return a snapshot of each unit that changed since the last call.

        Keys are ``fleet``, and ``cohort``, name or ``principal``, tenant, name with zero bytes
        between them; the value of a principal that was forgotten is empty.
        """
        return self._memory.take_changes()

    def restore(self, changes: Mapping[bytes, bytes]) -> None:
        """Go on where another detector of the same settings has stopped.

        Parameters
        ----------
        changes
            The newest value of each key that `take_changes` ever returned.

        Raises
        ------
        WireFormatError
            If a value is no snapshot, or one of a version that this release does not read.
        """
        self._memory.restore(changes)

    def apply_verdict(self, incident_id: str, verdict: Verdict) -> bool:
        """Learn what an analyst thinks of an incident; False if it is not one of ours."""
        return apply_verdict(self._memory, incident_id, verdict)

    def process_batch(self, events: Sequence[AccessEvent]) -> list[Incident]:
        """Score and learn events; return the incidents that changed, in order."""
        return [incident for event in events for incident in self.process(event)]

    def process(self, event: AccessEvent) -> list[Incident]:
        """Score and learn one event; return the incidents that changed."""
        memory, seconds = self._memory, event.time
        fleet = memory.fleet
        fleet.events_total += 1
        newest = fleet.newest_event_seconds
        if newest is None or not 0.0 <= seconds <= newest:
            if not self._is_plausible(seconds):
                fleet.time_jumps_total += 1
                return []
            fleet.newest_event_seconds = newest = seconds
        elif fleet.jumps_in_a_row:
            fleet.jumps_in_a_row = 0
        swept = fleet.swept
        is_due = swept is None or newest >= swept + _SWEEP_SECONDS
        changed = self.advance(newest) if is_due else []
        if event.principal_kind is PrincipalKind.SERVICE:
            return changed
        key = event.tenant[:_NAME_CHARACTERS], event.principal[:_NAME_CHARACTERS]
        state = memory.states.get(key)
        if state is None:
            changed = [*changed, *self._make_room()]
            state = self._welcome(key, event)
        elif seconds >= state.facts.last_seen + HOUR_SECONDS:
            memory.touch(key, state)
            state.facts.last_seen = seconds
        memory.mark(key)
        if seconds < newest - self._late_seconds:
            fleet.late_events_total += 1
            return changed + self._judge.judge_late(event, state)
        window = state.windows.get(hour_of(seconds))
        if window is None:
            window = self._open_hour(key, state, event)
        state.count_operation(event.operation)
        tokens = self._tokens.of(event)
        if not state.novelty.known.keys() >= tokens.numbers:
            note_values(memory, state, window, tokens.tokens)
        found = self._judge.judge(event, state, window, tokens.network)
        return changed + found if changed else found

    def advance(self, newest_seconds: float) -> list[Incident]:
        """Close the hours, days and quiet incidents that event time has left behind."""
        fleet = self._memory.fleet
        if fleet.swept is not None and newest_seconds < fleet.swept + _SWEEP_SECONDS:
            return []
        fleet.swept = newest_seconds
        watermark = newest_seconds - self._settings.allowed_lateness_seconds
        close_ended_hours(self._memory, self._settings, watermark)
        close_ended_days(self._memory, self._profiles, day_of(watermark))
        return self._judge.close_quiet(newest_seconds)

    def finish(self) -> list[Incident]:
        """Close every incident: the input has ended."""
        return self._judge.close_all()

    def open_incidents(self) -> list[Incident]:
        """Return the open incidents as they stand."""
        return self._judge.build_open(IncidentStatus.OPEN)

    def _is_plausible(self, seconds: float) -> bool:
        # Outside of these, datetime and everything behind it breaks.
        if not 0 <= seconds < _LAST_SECOND:
            return False
        fleet = self._memory.fleet
        newest = fleet.newest_event_seconds
        if newest is None or seconds < newest + _JUMP_SECONDS:
            fleet.jumps_in_a_row = 0
            return True
        fleet.jumps_in_a_row += 1
        return fleet.jumps_in_a_row > _JUMPS_BELIEVED

    def _make_room(self) -> list[Incident]:
        """Forget somebody if there are too many; its incident goes on no more."""
        if len(self._memory.states) < self._settings.max_principals:
            return []
        draft = self._memory.forget_oldest()
        return [] if draft is None else [self._judge.close(draft)]

    def _welcome(self, key: Key, event: AccessEvent) -> PrincipalState:
        memory = self._memory
        fleet = memory.fleet
        if fleet.started is None:
            fleet.started = event.time
            fleet.day = day_of(event.time)
        profile = self._profiles.get(event.principal)
        name = event.principal_kind.value if profile is None else f"declared:{profile.kind}"
        state = memory.add(key, name, event.time)
        state.facts.grant = event.grant
        state.facts.is_person = event.principal_kind is PrincipalKind.USER
        memory.touch(key, state)
        if memory.is_newcomer(state):
            fleet.newcomers += 1
        return state

    def _open_hour(self, key: Key, state: PrincipalState, event: AccessEvent) -> Window:
        memory = self._memory
        index = hour_of(event.time)
        window = state.windows[index] = Window(index=index)
        memory.open_hours.setdefault(index, {})[key] = None
        if len(state.windows) == 1:
            note_newcomer(memory, event, state, window)
        note_hour(memory, state, window)
        self._judge.begin_hour(event, state, window)
        return window
