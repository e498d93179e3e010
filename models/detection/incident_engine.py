"""Decides what becomes an incident, and what wakes a person."""

from collections.abc import Mapping
from typing import Final

from models.detection.explanation import explain
from models.detection.fleet_incident import join_fleet_incident
from models.detection.hour_assessor import Assessor
from models.detection.known_shares import known_shares
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.access_event import AccessEvent, Grant
from models.domain.time_units import DAY_SECONDS, hour_of
from models.incidents.hour_assessment import HourAssessment
from models.incidents.incident import Incident, IncidentStatus
from models.incidents.incident_draft import IncidentDraft, open_incident
from models.incidents.standing_incident import standing_incident
from models.observation.features import SECRETS
from models.observation.tokens import Token
from models.observation.window import Window
from models.rules.raw_key import raw_key_read
from models.rules.rule_book import RuleBook
from models.rules.sharing import credential_sharing
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import LastPage, PrincipalState

_DECADE: Final = 10.0
_MANY_RECORDS: Final = 300.0


class Judge:
    """Judges the hours of principals and keeps their incidents.

    Parameters
    ----------
    settings
        The budget, and what is too small to wake a person.
    profiles
        What the user declared, by principal.
    canaries
        Keyed hashes of planted ids.
    memory
        What the detector remembers.
    """

    def __init__(
        self,
        settings: DetectorSettings,
        profiles: Mapping[str, PrincipalProfile],
        canaries: frozenset[int],
        memory: DetectorMemory,
    ) -> None:
        self._settings = settings
        self._rules = RuleBook(settings, profiles, canaries)
        self._memory = memory
        self._assessor = Assessor(settings, self._rules, memory)

    def begin_hour(self, event: AccessEvent, state: PrincipalState, window: Window) -> None:
        """Set when the first look at an hour is due."""
        self._assessor.begin_hour(event, state, window)

    def judge(
        self, event: AccessEvent, state: PrincipalState, window: Window, network: Token | None
    ) -> list[Incident]:
        """Count an event into its hour and judge it; return the incidents that are news."""
        news = self._judge(event, state, window, network)
        if event.grant != Grant.SECRET_KEY:
            return news
        standing = raw_key_read(event, state)
        if standing is None:
            return news
        url = self._settings.runbook_base_url
        return [standing_incident(event, window, standing, url), *news]

    def _judge(
        self, event: AccessEvent, state: PrincipalState, window: Window, network: Token | None
    ) -> list[Incident]:
        findings = self._rules.ask(event)
        if network is not None and event.credential_id is not None:
            is_new = network.number in window.new
            sharing = credential_sharing(event, state, network, is_new=is_new)
            if sharing is not None:
                findings.append(sharing)
        known_new = len(window.new)
        due = window.add(event) or window.known_new != known_new
        if not (due or findings):
            return self._follow(event, state, window)
        window.known_new = known_new
        window.count_subjects()
        newcomer = self._memory.is_newcomer(state)
        findings += self._rules.ask_window(event, state, window, is_newcomer=newcomer)
        assessment = self._assessor.look(event, state, window, findings)
        unusual = assessment.p_value <= self._assessor.ticket and (
            window.is_sensitive or window.values[SECRETS] > 0.0
        )
        if not (findings or unusual):
            return self._follow(event, state, window)
        window.unusual = True
        if assessment.p_value <= self._settings.false_pages_per_principal_day:
            window.anomalous = True
        return self._report(event, state, window, assessment)

    def judge_late(self, event: AccessEvent, state: PrincipalState) -> list[Incident]:
        """Ask the rules about an event that comes too late for the statistics."""
        findings = self._rules.ask(event)
        if not findings:
            return []
        window = Window(index=hour_of(event.time))
        window.add(event)
        return self._report(event, state, window, HourAssessment({}, 1.0, "hour", True, findings))

    def close_quiet(self, newest_seconds: float) -> list[Incident]:
        """Close the incidents that have been quiet for long."""
        quiet = newest_seconds - self._settings.incident_quiet_seconds
        return self._close(quiet)

    def close_all(self) -> list[Incident]:
        """Close every incident."""
        return self._close(float("inf"))

    def close(self, draft: IncidentDraft) -> Incident:
        """Close the incident of a principal that is forgotten."""
        return self._build(draft, IncidentStatus.CLOSED)

    def build_open(self, status: IncidentStatus) -> list[Incident]:
        """Return the open incidents as they stand."""
        drafts = [s.draft for s in self._memory.states.values() if s.draft is not None]
        if self._memory.fleet.surge is not None:
            drafts.append(self._memory.fleet.surge)
        return [self._build(draft, status) for draft in drafts]

    def _follow(self, event: AccessEvent, state: PrincipalState, window: Window) -> list[Incident]:
        """Count an event into the open incident of its hour."""
        draft = state.draft
        if draft is None or not window.unusual:
            return []
        draft.add(event)
        return [self._build(draft, IncidentStatus.OPEN)] if draft.take_news() else []

    def _report(
        self, event: AccessEvent, state: PrincipalState, window: Window, assessment: HourAssessment
    ) -> list[Incident]:
        draft = state.draft
        if draft is None:
            draft = state.draft = open_incident(event, window)
        else:
            draft.add(event)
        cohort = self._memory.cohort(state.facts.cohort)
        kinds, reasons = explain(event, state, window, cohort, assessment, self._settings)
        draft.take(assessment, kinds, reasons)
        draft.known_share = known_shares(state, window, self._memory.fleet.subjects)
        fleet_news: list[Incident] = []
        if draft.paged_at is None and self._may_page(event, state, assessment, draft):
            fleet_news = self._page(event, state, window, assessment, draft)
        if draft.paged_at is not None and not draft.is_benign:
            window.anomalous = True
            state.facts.gated_today = True
            self._remember(event, state, assessment, draft)
        draft.raise_severity(window)
        news = [self._build(draft, IncidentStatus.OPEN)] if draft.take_news() else []
        return [*news, *fleet_news]

    def _may_page(
        self,
        event: AccessEvent,
        state: PrincipalState,
        assessment: HourAssessment,
        draft: IncidentDraft,
    ) -> bool:
        by_rule = any(finding.page for finding in assessment.findings)
        if not (assessment.page or by_rule):
            return False
        told = state.facts.last_page
        if told is None or told.until_seconds <= event.time:
            return True
        if by_rule:
            new_kinds = {f.kind.value for f in assessment.findings if f.page} - set(told.kinds)
            return bool(new_kinds) or _is_much_more(draft, told)
        worse = assessment.p_value * _DECADE <= told.p_value
        return worse or _is_much_more(draft, told)

    def _page(
        self,
        event: AccessEvent,
        state: PrincipalState,
        window: Window,
        assessment: HourAssessment,
        draft: IncidentDraft,
    ) -> list[Incident]:
        by_rule = any(finding.page for finding in assessment.findings)
        if not by_rule:
            joined, surge = join_fleet_incident(event, state, window, self._memory, self._settings)
            if joined:
                return [self._build(surge, IncidentStatus.OPEN)] if surge is not None else []
            self._memory.fleet.pages_total += 1
        draft.paged_at = event.time
        paging = [finding.kind for finding in assessment.findings if finding.page]
        draft.page_kind = paging[0] if paging else next(iter(draft.new_kinds or draft.kinds))
        self._remember(event, state, assessment, draft)
        return []

    def _remember(
        self,
        event: AccessEvent,
        state: PrincipalState,
        assessment: HourAssessment,
        draft: IncidentDraft,
    ) -> None:
        """Remember what was told: the next page must be worse by a decade."""
        kinds = {finding.kind.value for finding in assessment.findings if finding.page}
        told = state.facts.last_page
        if told is not None and told.incident_id == draft.incident_id:
            kinds |= set(told.kinds)
        state.facts.last_page = LastPage(
            draft.incident_id,
            event.time + self._settings.mute_days * DAY_SECONDS,
            draft.p_value,
            float(draft.records or 0),
            tuple(sorted(kinds)),
            dict(draft.best_scores),
        )

    def _close(self, quiet_since: float) -> list[Incident]:
        closed: list[Incident] = []
        for key, state in self._memory.states.items():
            draft = state.draft
            if draft is not None and draft.updated_at <= quiet_since:
                closed.append(self._build(draft, IncidentStatus.CLOSED))
                state.draft = None
                self._memory.mark(key)
        surge = self._memory.fleet.surge
        if surge is not None and surge.updated_at <= quiet_since:
            closed.append(self._build(surge, IncidentStatus.CLOSED))
            self._memory.fleet.surge = None
        return closed

    def _build(self, draft: IncidentDraft, status: IncidentStatus) -> Incident:
        return draft.build(status, self._settings.runbook_base_url)


def _is_much_more(draft: IncidentDraft, told: LastPage) -> bool:
    # What a page has told of may just have begun then.
    return (draft.records or 0) >= _DECADE * max(_MANY_RECORDS, told.records)
