"""From access events to incidents: score, then learn."""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

from models.access_event import AccessEvent, Outcome, PrincipalKind
from models.detector_memory import DetectorMemory
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.incident import Incident, IncidentStatus
from models.incident_draft import IncidentDraft, open_incident
from models.judgement import Judgement
from models.principal_state import PrincipalState
from models.reasoning import explain
from models.rules.finding import Finding
from models.rules.purpose import purpose_violation
from models.rules.scraping import newcomer_scrape
from models.rules.secrets import SECRETS, secrets_run
from models.rules.storage import storage_search
from models.window import Window

_DAY_SECONDS: Final = 86_400.0
_JUMP_SECONDS: Final = 60 * _DAY_SECONDS
# Nobody takes them in a run over files.
_CLOSED_DAYS_KEPT: Final = 100_000


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
    ) -> None:
        self.partition = partition
        self._settings = settings
        self._profiles = profiles
        self._memory = DetectorMemory(settings.threshold_prior_days, settings.cohort_weight)
        self._closed_days: deque[tuple[float, float]] = deque(maxlen=_CLOSED_DAYS_KEPT)

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
        """Events that came too late to be scored."""
        return self._memory.fleet.late_events_total

    @property
    def time_jumps_total(self) -> int:
        """Events whose time is impossible, or far ahead of all others."""
        return self._memory.fleet.time_jumps_total

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

    def process_batch(self, events: Sequence[AccessEvent]) -> list[Incident]:
        """Score and learn events; return the incidents that changed, in order."""
        return [incident for event in events for incident in self.process(event)]

    def process(self, event: AccessEvent) -> list[Incident]:
        """Score and learn one event; return the incidents that changed."""
        self._memory.fleet.events_total += 1
        if not self._is_plausible(event.time):
            self._memory.fleet.time_jumps_total += 1
            return []
        newest = max(event.time, self.newest_event_seconds or event.time)
        self._memory.fleet.newest_event_seconds = newest
        changed = self.advance(newest)
        if event.principal_kind is PrincipalKind.SERVICE:
            return changed
        if event.time < newest - self._settings.window_seconds - self._lateness:
            self._memory.fleet.late_events_total += 1
            return changed
        state = self._state(event)
        state.touched = self.events_total
        self._memory.mark((event.tenant, event.principal), state)
        window = state.windows.setdefault(self._index(event.time), Window())
        self._surprises(event, state, window)
        window.add(event)
        changed += self._judge(event, state, window)
        if not window.anomalous:
            state.novelty.learn_one(_values(event))
        return changed

    def advance(self, newest_seconds: float) -> list[Incident]:
        """Close the hours and quiet incidents that event time has left behind."""
        width = self._settings.window_seconds
        fleet = self._memory.fleet
        if fleet.swept is not None and newest_seconds < fleet.swept + width / 12:
            return []
        fleet.swept = newest_seconds
        closed: list[Incident] = []
        for key, state in self._memory.states.items():
            if self._close_windows(state, newest_seconds - self._lateness):
                self._memory.mark(key, state)
            draft = state.draft
            quiet = self._settings.incident_quiet_seconds
            if draft is not None and draft.updated_at + quiet <= newest_seconds:
                closed.append(self._build(draft, IncidentStatus.CLOSED))
                state.draft = None
                self._memory.mark(key, state)
        return closed

    def finish(self) -> list[Incident]:
        """Close every incident: the input has ended."""
        drafts = [state.draft for state in self._memory.states.values() if state.draft is not None]
        for state in self._memory.states.values():
            state.draft = None
        return [self._build(draft, IncidentStatus.CLOSED) for draft in drafts]

    def take_closed_days(self) -> list[tuple[float, float]]:
        """Return score and p-value of each principal's day that ended since the last call."""
        days = list(self._closed_days)
        self._closed_days.clear()
        return days

    def open_incidents(self) -> list[Incident]:
        """Return the open incidents as they stand."""
        drafts = [state.draft for state in self._memory.states.values()]
        return [self._build(draft, IncidentStatus.OPEN) for draft in drafts if draft is not None]

    @property
    def _lateness(self) -> float:
        return self._settings.allowed_lateness_seconds

    def _index(self, seconds: float) -> int:
        return int(seconds // self._settings.window_seconds)

    def _is_plausible(self, seconds: float) -> bool:
        # Outside of these, datetime and everything behind it breaks.
        if not 0 <= seconds < 32_503_680_000:
            return False
        newest = self.newest_event_seconds
        return newest is None or seconds < newest + _JUMP_SECONDS

    def _state(self, event: AccessEvent) -> PrincipalState:
        key = (event.tenant, event.principal)
        state = self._memory.states.get(key)
        if state is not None:
            return state
        if len(self._memory.states) >= self._settings.max_principals:
            self._forget_oldest()
        if self._memory.fleet.started is None:
            self._memory.fleet.started = event.time
        profile = self._profiles.get(event.principal)
        name = f"{event.principal_kind}:{event.service}" if profile is None else profile.kind
        state = self._memory.add(key, name, event.time)
        if event.time - self._memory.fleet.started > 2 * _DAY_SECONDS:
            self._memory.fleet.newcomers += 1
        return state

    def _forget_oldest(self) -> None:
        # Insertion order stands for age; one with an open incident is never forgotten.
        for key, state in self._memory.states.items():
            if state.draft is None:
                del self._memory.states[key]
                self._memory.mark(key, state)
                return

    def _surprises(self, event: AccessEvent, state: PrincipalState, window: Window) -> None:
        for feature, value in _values(event).items():
            surprise = state.novelty.surprise(feature, value)
            if surprise > window.new_values.get(feature, (0.0, ""))[0]:
                window.new_values[feature] = (surprise, str(value))
        if "principal" in window.new_values or self._memory.fleet.started is None:
            return
        age = event.time - state.first_seen
        watched = state.first_seen - self._memory.fleet.started
        if age < _DAY_SECONDS and watched > 2 * _DAY_SECONDS:
            days = len(self._memory.states) * watched / _DAY_SECONDS
            rate = (self._memory.fleet.newcomers + 0.5) / (days + 1.0)
            window.new_values["principal"] = (max(0.0, -math.log10(rate)), event.principal)

    def _judge(self, event: AccessEvent, state: PrincipalState, window: Window) -> list[Incident]:
        volume = self._settings.volume_weight * state.habit.score_one(window.features())
        score = volume + sum(surprise for surprise, _ in window.new_values.values())
        p_value = self._memory.threshold.p_value(score)
        state.day_maximum = max(state.day_maximum, score)
        budget = self._settings.false_pages_per_principal_day
        rule = self._rule(event, state, window)
        touched = bool(window.calls_of) or window.secrets > 0
        unusual = touched and p_value <= budget * self._settings.ticket_budget_factor
        if rule is None and not unusual:
            return []
        large = max(window.sensitive_records, window.secrets * SECRETS)
        page = p_value <= budget and large >= self._settings.min_page_records
        if rule is not None:
            page = page or rule.page
        window.anomalous = window.anomalous or page
        return self._report(event, state, window, Judgement(score, p_value, page, rule))

    def _rule(self, event: AccessEvent, state: PrincipalState, window: Window) -> Finding | None:
        if event.outcome is not Outcome.SUCCESS:
            return None
        profile = self._profiles.get(event.principal)
        found = purpose_violation(event, profile)
        if found is None and event.time - state.first_seen < _DAY_SECONDS:
            is_newcomer = self._is_newcomer(state)
            found = storage_search(event, window, is_newcomer=is_newcomer)
            if found is None and profile is None and is_newcomer:
                found = newcomer_scrape(event, window, self._settings.min_page_records)
        if found is None and state.habit.windows("secrets") == 0:
            found = secrets_run(event, window)
        return found

    def _is_newcomer(self, state: PrincipalState) -> bool:
        # In a stream's first days everybody is new, and that says nothing.
        return state.first_seen - (self._memory.fleet.started or 0.0) > 2 * _DAY_SECONDS

    def _report(
        self,
        event: AccessEvent,
        state: PrincipalState,
        window: Window,
        judgement: Judgement,
    ) -> list[Incident]:
        draft = state.draft
        if draft is None:
            draft = state.draft = open_incident(event, window)
        else:
            draft.add(event)
        if judgement.page and draft.paged_at is None:
            draft.paged_at = event.time
        kinds, reasons = explain(event, window, state.habit, self._settings.volume_weight)
        draft.take(judgement, kinds, reasons)
        draft.raise_severity(window)
        return [self._build(draft, IncidentStatus.OPEN)] if draft.is_news() else []

    def _build(self, draft: IncidentDraft, status: IncidentStatus) -> Incident:
        return draft.build(status, self._settings.runbook_base_url)

    def _close_windows(self, state: PrincipalState, watermark: float) -> bool:
        width = self._settings.window_seconds
        ended = [i for i in state.windows if (i + 1) * width <= watermark]
        day = int(watermark // _DAY_SECONDS)
        for index in ended:
            window = state.windows.pop(index)
            # A window that paged is kept out of the baseline: an attacker cannot teach it.
            if not window.anomalous:
                features = window.features()
                state.habit.learn_one(features)
                if state.habit.cohort is not None:
                    state.habit.cohort.learn_one(features)
        if day > state.day:
            if state.day_maximum > 0:
                p_value = self._memory.threshold.p_value(state.day_maximum)
                self._closed_days.append((state.day_maximum, p_value))
                self._memory.threshold.learn_one(state.day_maximum)
            state.day, state.day_maximum = day, 0.0
            return True
        return bool(ended)


def _values(event: AccessEvent) -> dict[str, object]:
    values: dict[str, object] = {"operation": f"{event.service}:{event.operation}"}
    if event.source_ip is not None:
        cut = ":" if ":" in event.source_ip else "."
        values["network"] = cut.join(event.source_ip.split(cut)[:3])
    if event.user_agent is not None:
        values["user_agent"] = event.user_agent.split("/")[0][:64]
    if event.country is not None:
        values["country"] = event.country
    return values
