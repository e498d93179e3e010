"""Runs the detector over a world: its pages, and the scores behind them."""

from contextlib import nullcontext
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from bench.detection_alarms import ALWAYS, Alarm, Highest
from bench.detection_score import Page
from bench.detection_sharing import SharingFleet
from bench.detection_stream import WorldStream
from models.detection import scorer
from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.partitioner import partition_of
from models.incidents.hour_assessment import HourAssessment

_SMALLEST_P: Final = 1e-300
_WHERE: Final = "models.detection.incident_engine.assess_hour"


class OwnRun(NamedTuple):
    """Pages of the online threshold, and alarms for a threshold of hindsight.

    Parameters
    ----------
    pages
        What paged.
    rule_pages
        Those of them that a rule made, whatever the statistics said.
    alarms
        One over the combined p-value of what may page; the pages of rules count always.
    """

    pages: list[Page]
    rule_pages: list[Page]
    alarms: list[Alarm]


def run_own(stream: WorldStream, nominal: float, *, declared: bool = False) -> OwnRun:
    """Run one detector over the stream and watch its scores."""
    detector = _detectors(stream, nominal, declared=declared, partitions=1)[0]
    watch = _Watch(stream.begin_seconds)
    paged: dict[str, Page] = {}
    certain: list[Alarm] = []
    with patch(_WHERE, watch.assess_hour):
        for event in stream.events:
            watch.begin(event.principal, event.time)
            for incident in detector.process(event):
                if incident.paged_at is None or incident.incident_id in paged:
                    continue
                page = Page(incident.principal, incident.paged_at.timestamp())
                paged[incident.incident_id] = page
                if not watch.is_statistical:
                    certain.append(Alarm(page.principal, page.seconds, ALWAYS))
    by_rule = [Page(alarm.principal, alarm.seconds) for alarm in certain]
    alarms = sorted([*watch.highest.alarms, *certain], key=lambda alarm: alarm.seconds)
    return OwnRun(list(paged.values()), by_rule, alarms)


def pages_of(
    stream: WorldStream,
    nominal: float,
    *,
    declared: bool = False,
    partitions: int = 1,
    is_shared: bool = False,
) -> list[Page]:
    """Run one detector per partition over the stream; return its pages."""
    detectors = _detectors(stream, nominal, declared=declared, partitions=partitions)
    fleet = SharingFleet(detectors) if is_shared and partitions > 1 else None
    paged: dict[str, Page] = {}
    with nullcontext() if fleet is None else fleet.learning():
        for event in stream.events:
            place = partition_of(event.tenant, event.principal, partitions) if partitions > 1 else 0
            for incident in detectors[place].process(event):
                if incident.paged_at is not None:
                    page = Page(incident.principal, incident.paged_at.timestamp())
                    paged[incident.incident_id] = page
            if fleet is not None:
                fleet.after(place)
    return list(paged.values())


def _detectors(
    stream: WorldStream, nominal: float, *, declared: bool, partitions: int
) -> list[Detector]:
    profiles: dict[str, PrincipalProfile] = {}
    canaries: frozenset[int] = frozenset()
    if declared:
        canaries = frozenset(stream.canary_hashes)
        profiles = {
            principal: PrincipalProfile(
                kind=kind,
                allowed_data_classes=frozenset(classes),
                expected_networks=networks or None,
            )
            for principal, (kind, classes, networks) in stream.profiles.items()
        }
    settings = DetectorSettings(false_pages_per_principal_day=nominal)
    return [Detector(settings, profiles, n, canaries) for n in range(partitions)]


class _Watch:
    """Stands before the detector's score of an hour and notes what it says."""

    def __init__(self, begin_seconds: float) -> None:
        self.highest = Highest()
        self.is_statistical = False
        self._begin_seconds = begin_seconds
        self._assess = scorer.assess_hour
        self._who, self._seconds = "", 0.0

    def begin(self, principal: str, seconds: float) -> None:
        """Note whose event comes next."""
        self._who, self._seconds, self.is_statistical = principal, seconds, False

    def assess_hour(
        self,
        state: Any,  # noqa: ANN401 - handed through
        window: Any,  # noqa: ANN401 - handed through
        findings: Any,  # noqa: ANN401 - handed through
        memory: Any,  # noqa: ANN401 - handed through
        settings: Any,  # noqa: ANN401 - handed through
    ) -> HourAssessment:
        """Score the hour, and keep the p-value of the channels that may page."""
        assessment = self._assess(state, window, findings, memory, settings)
        self.is_statistical = assessment.page and not assessment.paging_kinds
        if self._seconds >= self._begin_seconds:
            p_value = assessment.p_value
            if not assessment.page:
                eligible = scorer.worth_a_page(state, window, assessment.scores, settings)
                p_value, _ = memory.calibration.combine(
                    state.facts.cohort, eligible, is_unclassified=window.is_unclassified
                )
            if p_value < 1.0:
                self.highest.add(self._who, self._seconds, 1.0 / max(_SMALLEST_P, p_value))
        return assessment
