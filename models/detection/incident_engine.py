"""Decides what becomes an incident, and which incidents page."""

from collections.abc import Sequence

from msgspec.structs import replace

from models.detection.causes import go_on, is_more_than_told, rest
from models.detection.explanation import explain
from models.detection.fleet_incident import join_fleet_incident
from models.detection.known_shares import known_shares
from models.detection.paging import (
    has_strong_signs,
    may_page,
    paging_p_value,
    remember_page,
)
from models.detection.rescore_schedule import RescoreSchedule
from models.detection.scorer import assess_hour
from models.detection.strange_newcomers import count_strange_newcomer, strange_newcomers_page
from models.detection.verdict_learning import void_verdict
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.domain.time_units import HOURS_A_DAY, hour_of
from models.incidents.finding import Finding
from models.incidents.hour_assessment import HourAssessment
from models.incidents.incident import Incident, IncidentKind, IncidentStatus
from models.incidents.incident_draft import IncidentDraft, open_incident
from models.incidents.planned_change import PlannedChange
from models.incidents.standing_incident import standing_incident
from models.incidents.standing_risk import StandingRisk
from models.observation.features import NEW_SUBJECTS, SECRETS, times_usual
from models.observation.window import Window
from models.rules.old_credential import old_credential_used
from models.rules.outgrown import outgrown
from models.rules.raw_key import raw_key_read
from models.rules.rule_book import RuleBook
from models.rules.unknown_names import unknown_names_refused
from models.state.detector_memory import DetectorMemory, key_of
from models.state.principal_state import PrincipalState
from models.tuning.detection import SCORES_AN_HOUR


class IncidentEngine:
    """Scores the hours that are due, and keeps the open incidents.

    Parameters
    ----------
    settings
        The budget, and what is too small to page.
    rules
        Finds what is wrong at any volume.
    schedule
        When an hour is rescored.
    memory
        What the detector remembers.
    """

    def __init__(
        self,
        settings: DetectorSettings,
        rules: RuleBook,
        schedule: RescoreSchedule,
        memory: DetectorMemory,
    ) -> None:
        self._settings = settings
        self._rules = rules
        self._schedule = schedule
        self._memory = memory

    def score(
        self,
        event: AccessEvent,
        state: PrincipalState,
        window: Window,
        findings: list[Finding],
        exceeded: PlannedChange | None = None,
    ) -> list[Incident]:
        """Score an hour with its newest event; return the incidents that are news.

        What exceeds a planned change pages, whatever has paged before.
        """
        window.count_subjects()
        newcomer = self._memory.is_newcomer(state)
        cohort = self._memory.cohort(state.facts.cohort)
        # The channel of first reads learns only where no bytes are logged.
        days = float(self._memory.fleet.principal_days_total)
        if window.values[NEW_SUBJECTS] > 0.0:
            days = cohort.first_reads.state.total
        surge = times_usual(cohort.hour_surge_of_others())
        findings += self._rules.ask_window(
            event,
            state,
            window,
            is_newcomer=newcomer,
            known_days=days,
            surge=surge,
            newcomers_page=strange_newcomers_page(
                self._memory.fleet, state, self._settings.false_pages_per_principal_day
            ),
        )
        if newcomer:
            count_strange_newcomer(self._memory.fleet, state, findings)
        assessment = assess_hour(state, window, findings, self._memory, self._settings)
        self._schedule.plan_next(event, state, window)
        unusual = assessment.p_value <= self._settings.ticket_p_value and (
            window.is_sensitive or window.values[SECRETS] > 0.0
        )
        if not (findings or unusual):
            return self.follow(event, state, window)
        if assessment.p_value <= self._settings.false_pages_per_principal_day:
            window.anomalous = True
        return self._report(event, state, window, assessment, exceeded=exceeded)

    def follow(self, event: AccessEvent, state: PrincipalState, window: Window) -> list[Incident]:
        """Count an event into the open incident of its hour, without a score."""
        draft = state.draft
        if draft is None or not window.unusual:
            return []
        if draft.outgrows_verdict(event):
            return self._page_again(event, state, window, draft, None)
        draft.add(event)
        return [self._build(draft, IncidentStatus.OPEN)] if draft.take_news() else []

    def report_certain(
        self, event: AccessEvent, state: PrincipalState, finding: Finding
    ) -> list[Incident]:
        """Report what a rule found with no hour to judge; only the rule says whether it pages."""
        window = Window(index=hour_of(event.time))
        window.add(event)
        assessment = HourAssessment({}, 1.0, "hour", page=False, findings=[finding])
        return self._report(event, state, window, assessment)

    def report_raw_key(
        self, event: AccessEvent, state: PrincipalState, window: Window
    ) -> list[Incident]:
        """Report a raw secret key that reads sensitive data; this never pages."""
        return self._report_risk(event, state, window, raw_key_read(event, state))

    def report_old_credential(
        self, event: AccessEvent, state: PrincipalState, window: Window
    ) -> list[Incident]:
        """Report a secret that should have been rotated; this never pages."""
        return self._report_risk(event, state, window, old_credential_used(event, state))

    def _report_risk(
        self,
        event: AccessEvent,
        state: PrincipalState,
        window: Window,
        risk: StandingRisk | None,
    ) -> list[Incident]:
        if risk is None:
            return []
        if risk.since_seconds < event.time:
            window = _day_so_far(state, window)
        finding, since, credentials = risk
        url = self._settings.runbook_base_url
        return [standing_incident(event, window, finding, url, since, credentials=credentials)]

    def report_strangers(self, event: AccessEvent) -> list[Incident]:
        """Report that many calls under unknown names were refused, which pages nobody."""
        strangers = self._memory.fleet.strangers
        finding = unknown_names_refused(event, strangers)
        if finding is None:
            return []
        window = Window(index=hour_of(event.time))
        shown = replace(event, principal="fleet", credential_id=None)
        url, since = self._settings.runbook_base_url, strangers.since_seconds
        return [standing_incident(shown, window, finding, url, since)]

    def is_news(self, state: PrincipalState, window: Window, findings: list[Finding]) -> bool:
        """Whether findings are worth a score: they are new to the incident, or still few."""
        draft = state.draft
        if draft is None or not window.unusual or window.scores < SCORES_AN_HOUR:
            return bool(findings)
        is_paged = draft.paged_at is not None
        return any(f.kind not in draft.certain or (f.page and not is_paged) for f in findings)

    def close_quiet(self, quiet_since: float) -> list[Incident]:
        """Close the incidents without an event since a time in seconds; infinity closes all."""
        closed: list[Incident] = []
        for key, state in self._memory.states.items():
            draft = state.draft
            if draft is not None and draft.updated_at <= quiet_since:
                closed.append(self.close(draft))
                rest(state, draft)
                state.draft = None
                self._memory.mark(key)
                self._memory.weigh(key, state)
        surge = self._memory.fleet.surge
        if surge is not None and surge.updated_at <= quiet_since:
            closed.append(self.close(surge))
            self._memory.fleet.surge = None
        return closed

    def close(self, draft: IncidentDraft) -> Incident:
        """Close one incident."""
        return self._build(draft, IncidentStatus.CLOSED)

    def open_incidents(self) -> list[Incident]:
        """Return the open incidents as they stand."""
        drafts = [s.draft for s in self._memory.states.values() if s.draft is not None]
        if self._memory.fleet.surge is not None:
            drafts.append(self._memory.fleet.surge)
        return [self._build(draft, IncidentStatus.OPEN) for draft in drafts]

    def _report(
        self,
        event: AccessEvent,
        state: PrincipalState,
        window: Window,
        assessment: HourAssessment,
        *,
        must_page: bool = False,
        continues: IncidentDraft | None = None,
        exceeded: PlannedChange | None = None,
    ) -> list[Incident]:
        draft = state.draft
        if draft is not None and (
            draft.outgrows_verdict(event)
            or _says_more(draft, assessment.paging_kinds)
            or (exceeded is not None and draft.is_benign)
        ):
            return self._page_again(event, state, window, draft, assessment, exceeded=exceeded)
        cohort = self._memory.cohort(state.facts.cohort)
        kinds, reasons = explain(event, state, window, cohort, assessment, self._settings)
        if draft is not None and is_more_than_told(event, draft, assessment, kinds):
            return self._page_again(event, state, window, draft, assessment, exceeded=exceeded)
        if not (kinds or assessment.findings or must_page or exceeded):
            return self.follow(event, state, window)
        window.unusual = True
        if draft is None:
            known = None
            if not must_page:
                known = go_on(event, state, window, assessment, kinds, self._settings)
            draft = state.draft = known or open_incident(event, window)
            if continues is not None:
                draft.go_on_from(continues)
            self._memory.weigh(key_of(event), state)
        else:
            draft.add(event)
        if exceeded is not None:
            # An incident that has paged says so at once, too.
            draft.planned, draft.published = exceeded, None
        draft.take(assessment, kinds, reasons)
        draft.known_share = known_shares(state, window, self._memory.fleet.subjects)
        fleet_news: list[Incident] = []
        is_due = (
            must_page
            or exceeded is not None
            or (
                may_page(event, state, assessment, draft)
                and self._tells(state, window, assessment, draft)
            )
        )
        if is_due and not draft.is_paging:
            if draft.paged_at is not None:
                return self._page_again(event, state, window, draft, assessment, exceeded=exceeded)
            fleet_news = self._page(event, state, window, assessment, draft)
        if draft.is_paging and not draft.is_benign:
            window.anomalous = True
            state.facts.gate(window.index // HOURS_A_DAY)
            remember_page(event, state, assessment, draft, self._settings)
        draft.raise_severity(window)
        news = [self._build(draft, IncidentStatus.OPEN)] if draft.take_news() else []
        return [*news, *fleet_news]

    def _tells(
        self,
        state: PrincipalState,
        window: Window,
        assessment: HourAssessment,
        draft: IncidentDraft,
    ) -> bool:
        """Whether it is known what was read, or the signs of theft are strong without that."""
        if not draft.is_unclassified or assessment.paging_kinds:
            return True
        limit = self._settings.false_pages_per_principal_day
        return has_strong_signs(state, window, assessment, self._memory.calibration, limit)

    def _page_again(
        self,
        event: AccessEvent,
        state: PrincipalState,
        window: Window,
        draft: IncidentDraft,
        assessment: HourAssessment | None,
        *,
        exceeded: PlannedChange | None = None,
    ) -> list[Incident]:
        """Close an incident that is more than what was judged or told, and page another one."""
        closed = self.close(draft)
        void_verdict(state, draft.incident_id)
        state.draft = None
        findings = [] if assessment is None else assessment.findings
        if draft.outgrows_verdict(event):
            findings = [*findings, outgrown(event, draft)]
        assessment = assess_hour(state, window, findings, self._memory, self._settings)
        window.unusual = window.anomalous = True
        news = self._report(
            event, state, window, assessment, must_page=True, continues=draft, exceeded=exceeded
        )
        return [closed, *news]

    def _page(
        self,
        event: AccessEvent,
        state: PrincipalState,
        window: Window,
        assessment: HourAssessment,
        draft: IncidentDraft,
    ) -> list[Incident]:
        """Page an incident or add it to the fleet's; return the fleet's incident if it is news."""
        by_rule = assessment.paging_kinds
        if not by_rule:
            joined, surge = join_fleet_incident(event, state, window, self._memory, self._settings)
            if joined:
                return [self._build(surge, IncidentStatus.OPEN)] if surge is not None else []
            self._memory.fleet.pages_total += 1
        draft.paged_at = event.time
        draft.tell(paging_p_value(assessment), float(draft.records or 0))
        draft.page_kind = by_rule[0] if by_rule else next(iter(draft.new_kinds or draft.kinds))
        remember_page(event, state, assessment, draft, self._settings)
        return []

    def _build(self, draft: IncidentDraft, status: IncidentStatus) -> Incident:
        return draft.build(status, self._settings.runbook_base_url)


def _day_so_far(state: PrincipalState, window: Window) -> Window:
    """Return what a principal has read since its day began, as one window."""
    values = window.values.copy()
    for place, volume in enumerate(state.rest_of_day(window)):
        if volume > 0.0:
            values[place] = max(0.0, values[place]) + volume
    return Window(index=window.index, values=values, subjects=window.subjects)


def _says_more(draft: IncidentDraft, paging_kinds: Sequence[IncidentKind]) -> bool:
    """Whether a rule says something of a benign incident that it did not when it was judged."""
    return draft.is_benign and any(kind not in draft.kinds for kind in paging_kinds)
