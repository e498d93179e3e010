"""From access events to incidents: score, then learn."""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

from models.access_event import AccessEvent, Outcome, PrincipalKind
from models.data_class import DataClass
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.incident import Incident, IncidentKind, IncidentStatus, Reason, Severity
from models.incident_draft import IncidentDraft
from models.log_histogram import LogHistogram
from models.novelty import Novelty
from models.principal_state import PrincipalState
from models.reasoning import explain
from models.tail_threshold import TailThreshold
from models.window import Window

_DAY_SECONDS: Final = 86_400.0
_JUMP_SECONDS: Final = 60 * _DAY_SECONDS
_LISTINGS: Final = 3
_SECRETS: Final = 10
_SCRAPE_FACTOR: Final = 5
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
        self.newest_event_seconds: float | None = None
        self.events_total = self.late_events_total = self.time_jumps_total = 0
        self._settings = settings
        self._profiles = profiles
        self._states: dict[tuple[str, str], PrincipalState] = {}
        self._cohorts: dict[str, tuple[LogHistogram, Novelty]] = {}
        self._threshold = TailThreshold(settings.threshold_prior_days)
        self._swept = -math.inf
        self._started: float | None = None
        self._newcomers = 0
        self._closed_days: deque[tuple[float, float]] = deque(maxlen=_CLOSED_DAYS_KEPT)

    @property
    def principals_known(self) -> int:
        """How many principals have a state."""
        return len(self._states)

    def process_batch(self, events: Sequence[AccessEvent]) -> list[Incident]:
        """Score and learn events; return the incidents that changed, in order."""
        return [incident for event in events for incident in self.process(event)]

    def process(self, event: AccessEvent) -> list[Incident]:
        """Score and learn one event; return the incidents that changed."""
        self.events_total += 1
        if not self._is_plausible(event.time):
            self.time_jumps_total += 1
            return []
        newest = max(event.time, self.newest_event_seconds or event.time)
        self.newest_event_seconds = newest
        changed = self.advance(newest)
        if event.principal_kind is PrincipalKind.SERVICE:
            return changed
        if event.time < newest - self._settings.window_seconds - self._lateness:
            self.late_events_total += 1
            return changed
        state = self._state(event)
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
        if newest_seconds < self._swept + width / 12:
            return []
        self._swept = newest_seconds
        closed: list[Incident] = []
        for state in self._states.values():
            self._close_windows(state, newest_seconds - self._lateness)
            draft = state.draft
            quiet = self._settings.incident_quiet_seconds
            if draft is not None and draft.updated_at + quiet <= newest_seconds:
                closed.append(draft.build(IncidentStatus.CLOSED))
                state.draft = None
        return closed

    def finish(self) -> list[Incident]:
        """Close every incident: the input has ended."""
        drafts = [state.draft for state in self._states.values() if state.draft is not None]
        for state in self._states.values():
            state.draft = None
        return [draft.build(IncidentStatus.CLOSED) for draft in drafts]

    def take_closed_days(self) -> list[tuple[float, float]]:
        """Return score and p-value of each principal's day that ended since the last call."""
        days = list(self._closed_days)
        self._closed_days.clear()
        return days

    def open_incidents(self) -> list[Incident]:
        """Return the open incidents as they stand."""
        drafts = [state.draft for state in self._states.values()]
        return [draft.build(IncidentStatus.OPEN) for draft in drafts if draft is not None]

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
        state = self._states.get(key)
        if state is not None:
            return state
        if len(self._states) >= self._settings.max_principals:
            self._forget_oldest()
        if self._started is None:
            self._started = event.time
        profile = self._profiles.get(event.principal)
        name = f"{event.principal_kind}:{event.service}" if profile is None else profile.kind
        if name not in self._cohorts:
            self._cohorts[name] = (LogHistogram(), Novelty())
        histogram, novelty = self._cohorts[name]
        habit = LogHistogram(histogram, self._settings.cohort_weight)
        state = PrincipalState(event.time, habit, Novelty(novelty))
        if event.time - self._started > 2 * _DAY_SECONDS:
            self._newcomers += 1
        self._states[key] = state
        return state

    def _forget_oldest(self) -> None:
        # Insertion order stands for age; one with an open incident is never forgotten.
        for key, state in self._states.items():
            if state.draft is None:
                del self._states[key]
                return

    def _surprises(self, event: AccessEvent, state: PrincipalState, window: Window) -> None:
        for feature, value in _values(event).items():
            surprise = state.novelty.surprise(feature, value)
            if surprise > window.new_values.get(feature, (0.0, ""))[0]:
                window.new_values[feature] = (surprise, str(value))
        if "principal" in window.new_values or self._started is None:
            return
        age = event.time - state.first_seen
        if age < _DAY_SECONDS and state.first_seen - self._started > 2 * _DAY_SECONDS:
            days = len(self._states) * (state.first_seen - self._started) / _DAY_SECONDS
            rate = (self._newcomers + 0.5) / (days + 1.0)
            window.new_values["principal"] = (max(0.0, -math.log10(rate)), event.principal)

    def _judge(self, event: AccessEvent, state: PrincipalState, window: Window) -> list[Incident]:
        volume = self._settings.volume_weight * state.habit.score_one(window.features())
        score = volume + sum(surprise for surprise, _ in window.new_values.values())
        p_value = self._threshold.p_value(score)
        state.day_maximum = max(state.day_maximum, score)
        budget = self._settings.false_pages_per_principal_day
        rule = self._rule(event, state, window)
        touched = bool(window.calls_of) or window.secrets > 0
        unusual = touched and p_value <= budget * self._settings.ticket_budget_factor
        if rule is None and not unusual:
            return []
        large = max(window.sensitive_records, window.secrets * _SECRETS)
        page = p_value <= budget and large >= self._settings.min_page_records
        if rule is not None:
            page = page or rule[2]
        window.anomalous = window.anomalous or page
        return self._report(event, state, window, (score, p_value, page, rule))

    def _rule(
        self, event: AccessEvent, state: PrincipalState, window: Window
    ) -> tuple[IncidentKind, Reason, bool] | None:
        if event.outcome is not Outcome.SUCCESS:
            return None
        profile = self._profiles.get(event.principal)
        if profile is not None and profile.allowed_data_classes is not None:
            for name in event.data_classes:
                if name.is_sensitive and name not in profile.allowed_data_classes:
                    return _violation(event, name, profile)
        young = event.time - state.first_seen < _DAY_SECONDS
        if young and window.listings >= _LISTINGS and event.operation == "GetObject":
            sensitive = any(name.is_sensitive for name in event.data_classes)
            return _enumeration(event, window, sensitive and self._is_newcomer(state))
        scraped = window.sensitive_records >= _SCRAPE_FACTOR * self._settings.min_page_records
        if young and scraped and profile is None and self._is_newcomer(state):
            return _scraping(event, window)
        if window.secrets >= _SECRETS and state.habit.windows("secrets") == 0:
            return _secrets(event, window)
        return None

    def _is_newcomer(self, state: PrincipalState) -> bool:
        # In a stream's first days everybody is new, and that says nothing.
        return state.first_seen - (self._started or 0.0) > 2 * _DAY_SECONDS

    def _report(
        self,
        event: AccessEvent,
        state: PrincipalState,
        window: Window,
        verdict: tuple[float, float, bool, tuple[IncidentKind, Reason, bool] | None],
    ) -> list[Incident]:
        score, p_value, page, rule = verdict
        draft = state.draft
        if draft is None:
            draft = IncidentDraft(event, window, self._settings.runbook_base_url)
            state.draft = draft
        else:
            draft.add(event)
        if page and draft.paged_at is None:
            draft.paged_at = event.time
        kinds, reasons = explain(event, window, state.habit, self._settings.volume_weight)
        if rule is not None:
            kind, reason, _ = rule
            draft.certain[kind] = reason
            kinds = {kind: None, **kinds}
            if kind is IncidentKind.ENUMERATION:
                kinds[IncidentKind.NEW_PRINCIPAL] = None
        draft.kinds = draft.kinds | kinds or {IncidentKind.BULK_READ: None}
        if page and draft.page_kind is None:
            draft.page_kind = next(iter(kinds or draft.kinds))
        if score >= draft.score or not draft.likely:
            draft.likely = reasons or draft.likely
        draft.score, draft.p_value = max(score, draft.score), min(p_value, draft.p_value)
        draft.severity = max(
            draft.severity, _severity(window, draft), key=lambda severity: severity.rank
        )
        return [draft.build(IncidentStatus.OPEN)] if draft.is_news() else []

    def _close_windows(self, state: PrincipalState, watermark: float) -> None:
        width = self._settings.window_seconds
        for index in [i for i in state.windows if (i + 1) * width <= watermark]:
            window = state.windows.pop(index)
            # A window that paged is kept out of the baseline: an attacker cannot teach it.
            if not window.anomalous:
                features = window.features()
                state.habit.learn_one(features)
                if state.habit.cohort is not None:
                    state.habit.cohort.learn_one(features)
        day = int(watermark // _DAY_SECONDS)
        if day > state.day:
            if state.day_maximum > 0:
                p_value = self._threshold.p_value(state.day_maximum)
                self._closed_days.append((state.day_maximum, p_value))
                self._threshold.learn_one(state.day_maximum)
            state.day, state.day_maximum = day, 0.0


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


def _severity(window: Window, draft: IncidentDraft) -> Severity:
    if draft.paged_at is None:
        grave = window.secrets > 0 or draft.score > 4 or IncidentKind.ENUMERATION in draft.kinds
        return Severity.MEDIUM if grave else Severity.LOW
    personal = any(name.is_personal for name in window.calls_of)
    return Severity.CRITICAL if personal and (draft.records or 0) >= 1000 else Severity.HIGH


def _violation(
    event: AccessEvent, name: DataClass, profile: PrincipalProfile
) -> tuple[IncidentKind, Reason, bool]:
    allowed = ", ".join(sorted(profile.allowed_data_classes or ())) or "nothing"
    text = f"{event.principal[:120]}, a {profile.kind}, read {name} data; declared: {allowed}."
    return IncidentKind.PURPOSE_VIOLATION, _certain("purpose", name, allowed, text), True


def _enumeration(
    event: AccessEvent, window: Window, sensitive: bool
) -> tuple[IncidentKind, Reason, bool]:
    text = (
        f"{event.principal[:160]} was not seen before, listed storage {window.listings} times "
        f"and then read from {event.resource or 'a bucket'}."
    )
    reason = _certain("listings", float(window.listings), "0", text)
    return IncidentKind.ENUMERATION, reason, sensitive


def _scraping(event: AccessEvent, window: Window) -> tuple[IncidentKind, Reason, bool]:
    text = (
        f"{event.principal[:160]} was seen for the first time less than a day ago, is declared "
        f"nowhere, and read {window.sensitive_records:,} sensitive records in an hour."
    )
    reason = _certain("records", float(window.sensitive_records), "0", text)
    return IncidentKind.NEW_PRINCIPAL, reason, True


def _secrets(event: AccessEvent, window: Window) -> tuple[IncidentKind, Reason, bool]:
    text = f"{event.principal[:160]} read {window.secrets} secrets in an hour; usual: none."
    return IncidentKind.BULK_READ, _certain("secrets", float(window.secrets), "0", text), True


def _certain(feature: str, observed: float | str, expected: str, text: str) -> Reason:
    return Reason(
        feature=feature,
        window="hour",
        observed=observed,
        expected=expected,
        p_value=0.0,
        contribution=0.0,
        text=text,
    )
