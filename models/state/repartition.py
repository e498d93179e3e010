"""Moves the state of a fleet to another number of partitions."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from models.domain.event_clock import ClockState
from models.domain.partitioner import partition_of
from models.estimators.cohort import CohortState
from models.observation.features import CALLS
from models.state.common_knowledge import CommonKnowledge
from models.state.detector_memory import (
    FLEET_KEY,
    DetectorMemory,
    Key,
    cohort_entry,
    principal_entry,
)
from models.state.fleet_state import FleetState
from models.state.principal_state import PrincipalState
from models.state.report_ledger import ReportLedger
from models.state.snapshot import pack_state
from models.tuning.detection import LEAST_USUAL_DAYS

_NOBODY: Final = ("", -1.0)


def agreed_clock(memories: Iterable[DetectorMemory]) -> tuple[ClockState, float | None]:
    """Return the clock of all partitions together, and the time that two principals have reached.

    Examples
    --------
    >>> agreed_clock([])[1] is None
    True
    """
    clocks = [memory.clock for memory in memories]
    found: dict[str, float] = {}
    for clock in clocks:
        state = clock.state
        ahead = ((state.leader, state.leader_seconds), (state.follower, state.follower_seconds))
        for name, seconds in ahead:
            if seconds >= 0.0:
                found[name] = max(seconds, found.get(name, seconds))
    first, second, *_ = *sorted(found.items(), key=lambda one: (-one[1], one[0])), _NOBODY, _NOBODY
    times = [clock.newest_seconds for clock in clocks if clock.newest_seconds is not None]
    newest = max([*times, second[1]]) if times else None
    return ClockState(first[0], first[1], second[0], second[1]), newest


def repartition(memories: Sequence[DetectorMemory], partitions: int) -> list[dict[bytes, bytes]]:
    """Return the snapshots of each new partition.

    Every principal goes to its new home with its habits, its open hours and its open incident.
    What is known in common goes to every partition. All memories must have reached one time:
    see `Detector.advance`.

    Parameters
    ----------
    memories
        What each of the old partitions remembers, in their order.
    partitions
        The new number of them.

    Examples
    --------
    >>> [sorted(new) for new in repartition([DetectorMemory(50.0, 2.0)], 2)]
    [[b'fleet'], [b'fleet']]
    """
    common = CommonKnowledge.of(memories)
    members: list[dict[Key, PrincipalState]] = [{} for _ in range(partitions)]
    for memory in memories:
        for key, state in memory.states.items():
            home = members[partition_of(*key, partitions)]
            known = home.get(key)
            if known is None or known.facts.last_seen < state.facts.last_seen:
                home[key] = state
    clock, newest = agreed_clock(memories)
    fleets = [_fleet(memories, n, partitions, common) for n in range(partitions)]
    for fleet in fleets:
        fleet.clock, fleet.newest_event_seconds = clock, newest
    return [_entries(fleet, homed, common) for fleet, homed in zip(fleets, members, strict=True)]


def _fleet(
    memories: Sequence[DetectorMemory], number: int, partitions: int, common: CommonKnowledge
) -> FleetState:
    """Return what is known of a new partition's principals together."""
    old = [memory.fleet for memory in memories]
    begun = [fleet for fleet in old if fleet.started is not None]
    # What was counted stays where it was counted, and an incident of many where it was opened.
    own = old[number] if number < len(old) else FleetState()
    planned = [one for fleet in old for one in fleet.planned]
    return msgspec.structs.replace(
        own,
        started=min((f.started for f in begun if f.started is not None), default=None),
        swept=max((f.swept for f in old if f.swept is not None), default=None),
        day=min((f.day for f in begun), default=0),
        newcomers=common.newcomers,
        mature_days=common.mature_days,
        strange_newcomers=common.strange_newcomers,
        thresholds=common.thresholds,
        subjects=common.subjects,
        seen=common.seen,
        recent_pages=common.pages,
        delegates=common.delegates,
        delegates_since=min(
            (f.delegates_since for f in begun if f.delegates_since is not None), default=None
        ),
        usual_reaches=common.reaches,
        planned=[
            one
            for one in planned
            if partition_of(one.change.tenant, one.change.principal, partitions) == number
        ],
        shared_networks=common.networks,
        reports=_reports(old, number, partitions, common.reports),
    )


def _reports(
    old: Sequence[FleetState], number: int, partitions: int, common: ReportLedger
) -> ReportLedger:
    waiting = {
        report: event
        for fleet in old
        for report, event in fleet.reports.waiting.items()
        if partition_of(event.tenant, event.principal, partitions) == number
    }
    return msgspec.structs.replace(common, waiting=waiting)


def _entries(
    fleet: FleetState, members: dict[Key, PrincipalState], common: CommonKnowledge
) -> dict[bytes, bytes]:
    ordered = sorted(members.items(), key=lambda one: (one[1].facts.last_seen, one[0]))
    entries: dict[bytes, bytes] = {}
    for place, (key, state) in enumerate(ordered, start=1):
        state.facts.touched = place
        entries[principal_entry(*key)] = pack_state(state.snapshot())
    for name, cohort in common.cohorts.items():
        present = [state for _, state in ordered if state.facts.cohort == name]
        entries[cohort_entry(name)] = pack_state(_with_members(cohort, present))
    fleet.sequence = len(ordered)
    fleet.cohort = _with_members(common.everybody, [state for _, state in ordered])
    entries[FLEET_KEY] = pack_state(fleet)
    return entries


def _with_members(cohort: CohortState, members: Sequence[PrincipalState]) -> CohortState:
    """Return a cohort with those members that are there, and their volume of today."""
    usual = sum(state.days.usual_day(CALLS)[2] >= LEAST_USUAL_DAYS for state in members)
    ratio = math.fsum(state.facts.ratio for state in members)
    return msgspec.structs.replace(cohort, ratio=ratio, expected=usual)
