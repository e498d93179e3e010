"""From access events to incidents: score, then learn."""

from collections.abc import Mapping, Sequence

from models.detection.incident_engine import IncidentEngine
from models.detection.late_hours import late_hour
from models.detection.new_values import note_history, note_hour, note_newcomer, note_values
from models.detection.planned_changes import PlannedChanges
from models.detection.rescore_schedule import RescoreSchedule
from models.detection.timekeeper import Timekeeper
from models.detection.verdict_learning import apply_verdict
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.access_event import AccessEvent, Grant, Outcome, PrincipalKind
from models.domain.seller_notice import is_notice
from models.domain.time_units import HOUR_SECONDS, day_of, hour_of
from models.incidents.feedback import Feedback
from models.incidents.finding import Finding
from models.incidents.incident import Incident
from models.incidents.planned_change import PlannedChange
from models.observation.tokens import Token, Tokens
from models.observation.window import Window
from models.rules.rule_book import RuleBook
from models.rules.shared_network import shared_network
from models.rules.sharing import credential_sharing
from models.rules.unasked_report import due_reports, take_notice
from models.state.detector_memory import DetectorMemory, Key, key_of
from models.state.inflate_budget import InflateBudget
from models.state.principal_state import PrincipalState
from models.state.strangers import is_enough, is_refused
from models.tuning.detection import MOST_OPEN_HOURS


class Detector:
    """Detects unusual bulk reads in the events of one partition.

    The same events in the same order give the same incidents, ids included: it uses no clock
    and no randomness.

    Parameters
    ----------
    settings
        How it is tuned.
    profiles
        What the user declared, by principal.
    partition
        The Kafka partition it serves; it appears only in what people read.
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
        self._rules = RuleBook(settings, profiles, canaries)
        self._schedule = RescoreSchedule(settings, self._rules, self._memory)
        self._engine = IncidentEngine(settings, self._rules, self._schedule, self._memory)
        self._planned = PlannedChanges(self._memory, settings)
        self._tokens = Tokens()
        self._time = Timekeeper(settings, profiles, self._memory)

    @property
    def principals_known(self) -> int:
        """How many principals have a state."""
        return len(self._memory.states)

    @property
    def newest_event_seconds(self) -> float | None:
        """The latest event time seen, in seconds."""
        return self._memory.clock.newest_seconds

    @property
    def events_total(self) -> int:
        """Events that arrived."""
        return self._memory.fleet.events_total

    @property
    def late_events_total(self) -> int:
        """Events that were too late to teach anything; rules and volumes still judged them."""
        return self._memory.fleet.late_events_total

    @property
    def time_jumps_total(self) -> int:
        """Events whose time is impossible."""
        return self._memory.fleet.time_jumps_total

    @property
    def future_events_total(self) -> int:
        """Events from after their arrival, which count at their arrival."""
        return self._memory.fleet.future_events_total

    @property
    def evicted_principals_total(self) -> int:
        """Principals that were evicted because there were too many."""
        return self._memory.fleet.evicted_principals_total

    def take_closed_days(self) -> list[tuple[float, float]]:
        """Return score and p-value of each principal-day that ended since the last call."""
        days = list(self._memory.closed_days)
        self._memory.closed_days.clear()
        return days

    def take_changes(self) -> dict[bytes, bytes]:
        """Return a snapshot of each unit that changed since the last call.

        Keys are ``fleet``, ``cohort`` and its name, or ``principal``, its tenant and its name,
        joined by zero bytes. The value of an evicted principal is empty.
        """
        return self._memory.take_changes()

    def restore(self, changes: Mapping[bytes, bytes], budget: InflateBudget | None = None) -> None:
        """Continue where another detector with the same settings stopped.

        Parameters
        ----------
        changes
            The newest value of each key that `take_changes` ever returned.
        budget
            What they may inflate to in all.

        Raises
        ------
        WireFormatError
            If a value is not a snapshot, if its version cannot be read, or if they inflate to
            more than they may.
        """
        self._memory.restore(changes, budget)
        self._time.restored()

    def apply_verdict(self, feedback: Feedback) -> bool:
        """Learn what an analyst thinks of an incident; False if it is not one of ours.

        Raises
        ------
        VerdictError
            If the incident is not the principal's that the verdict names, or is younger.
        """
        return apply_verdict(self._memory, key_of(feedback), feedback)

    def apply_planned(self, change: PlannedChange) -> bool:
        """Take a planned change; False if it is over, or a newer declaration of it is known.

        Raises
        ------
        PlannedChangeError
            If its principal was never seen here, or has too many.
        """
        return self._planned.apply(change)

    def process_batch(
        self, events: Sequence[AccessEvent], arrived_seconds: float | None = None
    ) -> list[Incident]:
        """Score and learn events; return the incidents that changed, in order.

        Parameters
        ----------
        events
            In the order of their arrival.
        arrived_seconds
            When Kafka has appended them: no event is later than that. None where nobody knows.
        """
        if arrived_seconds is None:
            return [incident for event in events for incident in self.process(event)]
        arrived = [self._time.bound(event, arrived_seconds) for event in events]
        return [i for event in arrived for i in self.process(event, is_bounded=True)]

    def process(self, event: AccessEvent, *, is_bounded: bool = False) -> list[Incident]:
        """Score and learn one event; return the incidents that changed.

        `is_bounded` says that its time is known to be no later than its arrival.
        """
        memory, seconds = self._memory, event.time
        fleet = memory.fleet
        fleet.events_total += 1
        is_due = self._time.follow(event, is_bounded=is_bounded)
        if is_due is None:
            return []
        changed = self.advance(memory.clock.newest_seconds or 0.0) if is_due else []
        if event.principal_kind is PrincipalKind.SERVICE:
            if is_notice(event):
                memory.mark_fleet()
                take_notice(event, fleet.reports)
            return changed
        key = key_of(event)
        state = memory.states.get(key)
        findings = self._rules.ask(event, fleet)
        if state is None:
            if self._is_stranger(key, event) and not findings:
                return changed + self._engine.report_strangers(event)
            changed = [*changed, *self._make_room()]
            state = self._add_principal(key, event)
        elif seconds >= state.facts.last_seen + HOUR_SECONDS:
            memory.touch(key, state)
            state.facts.last_seen = seconds
        memory.mark(key)
        # Its hour is closed and learnt: what comes now is judged, and teaches nothing.
        if seconds < self._time.open_since_seconds:
            fleet.late_events_total += 1
            return changed + self._count_late(event, state, findings)
        take = self._take_planned if fleet.planned else self._count
        found = take(event, key, state, findings)
        return changed + found if changed else found

    def _take_planned(
        self, event: AccessEvent, key: Key, state: PrincipalState, findings: list[Finding]
    ) -> list[Incident]:
        """Take an event for a planned change; count it if none covers it, or if it exceeds one."""
        taken = self._planned.take(event, state, self._tokens.of(event), findings)
        if isinstance(taken, list):
            return taken
        # How much stayed inside is news at the moment in which it is exceeded.
        inside = [] if taken is None else self._planned.open_incidents()
        return inside + self._count(event, key, state, findings, taken)

    def _count(
        self,
        event: AccessEvent,
        key: Key,
        state: PrincipalState,
        findings: list[Finding],
        exceeded: PlannedChange | None = None,
    ) -> list[Incident]:
        """Count an event into its hour, and have the hour scored if it changed enough."""
        memory, window = self._memory, state.windows.get(int(event.time // HOUR_SECONDS))
        if window is None:
            window = self._open_hour(key, state, event)
        state.count_operation(event.operation)
        tokens = self._tokens.of(event)
        if not state.novelty.known.keys() >= tokens.numbers:
            note_values(memory, state, window, tokens.tokens)
        if event.reach_seconds is not None and _is_read(event):
            note_history(memory, state, window, event.reach_seconds)
        if tokens.numbers is not state.novelty.shown:
            state.novelty.show(tokens.numbers)
        if tokens.network is not None:
            findings += self._ask_of_network(event, state, window, tokens.network)
        is_due = window.add(event, state.seen, memory.seen)
        if exceeded or is_due or (findings and self._engine.is_news(state, window, findings)):
            found = self._engine.score(event, state, window, findings, exceeded)
        elif window.unusual and state.draft is not None:
            found = self._engine.follow(event, state, window)
        else:
            found = []
        if event.credential_age_days is not None:
            found = self._engine.report_old_credential(event, state, window) + found
        if event.grant == Grant.SECRET_KEY:
            return self._engine.report_raw_key(event, state, window) + found
        return found

    def _ask_of_network(
        self, event: AccessEvent, state: PrincipalState, window: Window, network: Token
    ) -> list[Finding]:
        """Ask the rules that compare networks; most events come from a known one."""
        is_unknown = network.number not in state.novelty.known
        found = []
        if event.credential_id is not None:
            is_new = is_unknown or network.number in window.new
            found.append(credential_sharing(event, state, network, is_new=is_new))
        if is_unknown:
            found.append(shared_network(event, state, window, network, self._memory))
        return [finding for finding in found if finding is not None]

    def _count_late(
        self, event: AccessEvent, state: PrincipalState, findings: list[Finding]
    ) -> list[Incident]:
        """Count an event whose hour was learnt, and have what came late of it scored."""
        window, is_new = late_hour(state.facts, hour_of(event.time))
        if is_new:
            self._schedule.begin_hour(event, state, window)
        if window.add(event) or (findings and self._engine.is_news(state, window, findings)):
            found = self._engine.score(event, state, window, findings)
        else:
            found = self._engine.follow(event, state, window)
        if state.draft is not None:
            # It is news now, however long ago it happened.
            newest = self._memory.clock.newest_seconds or event.time
            state.draft.updated_at = max(state.draft.updated_at, newest)
        return found

    def advance(self, newest_seconds: float) -> list[Incident]:
        """Close the hours, days and quiet incidents that event time has left behind."""
        if not self._time.sweep(newest_seconds):
            return []
        ended = self._planned.close_ended(newest_seconds)
        ended += self._report_unasked(newest_seconds)
        quiet_since = newest_seconds - self._settings.incident_quiet_seconds
        return ended + self._engine.close_quiet(quiet_since)

    def finish(self) -> list[Incident]:
        """Close every incident: the input has ended."""
        unasked = self._report_unasked(self._memory.clock.newest_seconds or 0.0)
        return unasked + self._planned.finish() + self._engine.close_quiet(float("inf"))

    def open_incidents(self) -> list[Incident]:
        """Return the open incidents as they stand."""
        return self._engine.open_incidents() + self._planned.open_incidents()

    def _report_unasked(self, newest_seconds: float) -> list[Incident]:
        """Report the reports that came though none of the calls in the log asked for them."""
        found: list[Incident] = []
        for event, finding in due_reports(self._memory.fleet.reports, newest_seconds):
            key = key_of(event)
            state = self._memory.states.get(key)
            if state is None:
                found += self._make_room()
                state = self._add_principal(key, event)
            self._memory.mark(key)
            found += self._engine.report_certain(event, state, finding)
        return found

    def _make_room(self) -> list[Incident]:
        """Evict a principal if there are too many, and close its incident."""
        if len(self._memory.states) < self._settings.max_principals:
            return []
        draft = self._memory.evict_least()
        return [] if draft is None else [self._engine.close(draft)]

    def _is_stranger(self, key: Key, event: AccessEvent) -> bool:
        """Count a refused call of an unknown name; return whether the name stays unknown."""
        if event.outcome is Outcome.SUCCESS:
            return False
        if not is_refused(event):
            return True
        self._memory.mark_fleet()
        calls = self._memory.fleet.strangers.refuse(key, hour_of(event.time), event.time)
        return not is_enough(calls)

    def _add_principal(self, key: Key, event: AccessEvent) -> PrincipalState:
        memory = self._memory
        fleet = memory.fleet
        if fleet.started is None:
            fleet.started = fleet.delegates_since = event.time
            fleet.day = day_of(event.time)
        profile = self._profiles.get(event.principal)
        name = event.principal_kind.value if profile is None else f"declared:{profile.kind}"
        state = memory.add(key, name, event.time)
        state.facts.grant = event.grant
        state.facts.is_person = event.principal_kind is PrincipalKind.USER
        if memory.is_newcomer(state):
            fleet.newcomers += 1
        return state

    def _open_hour(self, key: Key, state: PrincipalState, event: AccessEvent) -> Window:
        memory = self._memory
        index = hour_of(event.time)
        if len(state.windows) >= MOST_OPEN_HOURS:
            memory.drop_hour(key, max(state.windows))
        window = state.windows[index] = Window(index=index)
        if state.facts.first_seen == event.time:
            # Refused calls from before it was known; this one is yet to be counted.
            window.add_refused(memory.fleet.strangers.take(key, index) - is_refused(event))
        memory.open_hours.setdefault(index, {})[key] = None
        if len(state.windows) == 1:
            note_newcomer(memory, event, state, window)
        note_hour(memory, state, window)
        self._schedule.begin_hour(event, state, window)
        return window


def _is_read(event: AccessEvent) -> bool:
    return event.outcome is Outcome.SUCCESS and any(n.is_sensitive for n in event.data_classes)
