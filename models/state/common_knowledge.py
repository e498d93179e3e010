"""What several partitions know in common, put together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Final, Self

from models.estimators.cohort import CohortState
from models.estimators.tail_threshold import ThresholdState
from models.observation.seen_subjects import SeenState
from models.observation.subject_sketch import SubjectSketch
from models.state.detector_memory import DetectorMemory
from models.state.fleet_state import FleetState
from models.state.pooled import pooled
from models.state.report_ledger import ReportLedger
from models.state.shared_networks import SharedNetwork, SharedNetworks
from models.tuning.detection import FLEET_PAGES_KEPT
from models.tuning.estimators import NOVELTY_COHORT_VALUES_KEPT
from models.tuning.state import (
    FLEET_STATE_DELEGATES_KEPT,
    SHARED_NETWORKS_KEPT,
    SHARED_NETWORKS_PRINCIPALS_KEPT,
)

_Page = tuple[float, str, str, int]
_NO_SHIFTS: Final[list[float]] = []


@dataclass(frozen=True)
class CommonKnowledge:
    """Cohorts, calibration and what the fleet knows, of several partitions.

    Counts are added up, sets united, medians and days' shifts averaged. The members that are
    present, and today's volume, are left at zero: they belong to a partition.

    Parameters
    ----------
    everybody
        The cohort of all.
    cohorts
        The others, by name.
    thresholds
        The calibration, in whatever parts it has.
    subjects
        Registers of the distinct subjects that all have read, by kind.
    seen
        What any principal has read.
    pages
        The last statistical pages, oldest first.
    delegates
        Who was given access.
    reaches
        How far back a cohort's principals usually reach, by cohort, in seconds.
    reports
        Which reports were asked for; no notice waits in it.
    networks
        Networks of the last day that were new to all.
    newcomers, mature_days, strange_newcomers
        Sums.
    """

    everybody: CohortState
    cohorts: Mapping[str, CohortState]
    thresholds: dict[str, dict[str, ThresholdState]]
    subjects: dict[str, bytearray]
    seen: SeenState
    pages: list[_Page]
    delegates: dict[int, None]
    reaches: dict[str, float]
    reports: ReportLedger
    networks: SharedNetworks
    newcomers: int
    mature_days: float
    strange_newcomers: int

    @classmethod
    def of(cls, memories: Sequence[DetectorMemory]) -> Self:
        """Put together what one or more partitions remember."""
        fleets = [memory.fleet for memory in memories]
        names = sorted({name for memory in memories for name in memory.cohorts})
        of_name = {n: [m.cohorts[n].state for m in memories if n in m.cohorts] for n in names}
        pages = sorted(page for fleet in fleets for page in fleet.recent_pages)
        return cls(
            everybody=_cohort([memory.everybody.state for memory in memories]),
            cohorts={name: _cohort(states) for name, states in of_name.items()},
            thresholds=pooled([memory.calibration.state for memory in memories]),
            subjects=_subjects(fleets),
            seen=_seen([fleet.seen for fleet in fleets]),
            pages=pages[-FLEET_PAGES_KEPT:],
            delegates=_delegates(fleets),
            reaches=_medians([fleet.usual_reaches for fleet in fleets]),
            reports=_reports([fleet.reports for fleet in fleets]),
            networks=_networks([fleet.shared_networks for fleet in fleets]),
            newcomers=sum(fleet.newcomers for fleet in fleets),
            mature_days=sum(fleet.mature_days for fleet in fleets),
            strange_newcomers=sum(fleet.strange_newcomers for fleet in fleets),
        )


def _cohort(states: Sequence[CohortState]) -> CohortState:
    shifts = [state.shifts for state in states]
    for state in states:
        state.shifts = _NO_SHIFTS
    found = pooled(states)
    for state, known in zip(states, shifts, strict=True):
        state.shifts = known
    found.shifts = _mean_shifts(shifts)
    found.ratio, found.expected = 0.0, 0
    values = list(found.novelty.known.items())
    found.novelty.known = dict(values[-NOVELTY_COHORT_VALUES_KEPT:])
    return found


def _mean_shifts(shifts: Sequence[list[float]]) -> list[float]:
    """Average the shifts of each day; the newest are last."""
    longest = max(map(len, shifts))
    days = ([s[-back] for s in shifts if len(s) >= back] for back in range(longest, 0, -1))
    return [mean(day) for day in days]


def _subjects(fleets: Iterable[FleetState]) -> dict[str, bytearray]:
    found: dict[str, bytearray] = {}
    for fleet in fleets:
        for what, registers in fleet.subjects.items():
            known = found.get(what)
            if known is None:
                found[what] = bytearray(registers)
            else:
                SubjectSketch(known).merge(SubjectSketch(registers))
    return found


def _seen(states: Sequence[SeenState]) -> SeenState:
    newer, newer_count = _united([(s.newer, s.newer_count) for s in states])
    older, older_count = _united([(s.older, s.older_count) for s in states])
    return SeenState(
        newer,
        newer_count,
        older,
        older_count,
        max(state.level for state in states),
        min(state.day for state in states),
    )


def _united(filters: Sequence[tuple[bytearray, int]]) -> tuple[bytearray, int]:
    """Unite Bloom filters; a smaller one is repeated, as its hashes are the larger one's."""
    size = max(len(bits) for bits, _ in filters)
    united = count = 0
    for bits, known in filters:
        times = size // len(bits)
        united |= int.from_bytes(bits * times, "little")
        count += known * times
    return bytearray(united.to_bytes(size, "little")), count


def _delegates(fleets: Iterable[FleetState]) -> dict[int, None]:
    found = dict.fromkeys(number for fleet in fleets for number in fleet.delegates)
    return dict.fromkeys(list(found)[-FLEET_STATE_DELEGATES_KEPT:])


def _medians(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for part in parts:
        for name, value in part.items():
            found.setdefault(name, []).append(value)
    return {name: median(values) for name, values in found.items()}


def _reports(ledgers: Sequence[ReportLedger]) -> ReportLedger:
    found = ReportLedger()
    asked = [item for ledger in ledgers for item in ledger.asked.items()]
    for number, seconds in sorted(asked, key=lambda item: item[1]):
        found.note_asked(number, seconds)
    for ledger in ledgers:
        for key, times in ledger.requests.items():
            for seconds in times:
                found.note_request(key, seconds)
        for key, seconds in ledger.scheduled.items():
            found.note_schedule(key, seconds)
        for tenant, seconds in ledger.logged_since.items():
            found.note_log(tenant, seconds)
    return found


def _networks(parts: Iterable[SharedNetworks]) -> SharedNetworks:
    """Unite the networks and their users; one that was told of anywhere is told of."""
    found: dict[int, SharedNetwork] = {}
    for part in parts:
        for number, one in part.networks.items():
            known = found.get(number, SharedNetwork(one.since_seconds))
            users = list((known.users | one.users).items())[:SHARED_NETWORKS_PRINCIPALS_KEPT]
            since = min(known.since_seconds, one.since_seconds)
            found[number] = SharedNetwork(since, dict(users), max(known.told, one.told))
    ordered = sorted(found.items(), key=lambda item: (item[1].since_seconds, item[0]))
    return SharedNetworks(dict(ordered[-SHARED_NETWORKS_KEPT:]))
