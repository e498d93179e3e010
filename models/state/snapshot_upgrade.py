"""Upgrades snapshots of earlier releases to the states of this one.

Version 2 knew two features less; all that it learnt is kept. Version 1 had two layouts. The first,
with other histograms, keeps the principals' names, cohorts and order; their habits are learnt anew,
as on the first day. The second keeps each principal's habits, open hours and open incidents;
cohorts and thresholds are learnt anew.
"""

from typing import Any, Final, TypeVar

import msgspec

from models.domain.access_event import PrincipalKind
from models.domain.time_units import day_of
from models.estimators.cohort import CohortState
from models.estimators.hour_volume import HourState
from models.estimators.rolling_volume import DaysState
from models.observation.features import DAY_FEATURES
from models.state.fleet_state import FleetState
from models.state.inflate_budget import InflateBudget
from models.state.principal_state import PrincipalFacts, PrincipalSnapshot
from models.state.snapshot import (
    FIRST_VERSION,
    SNAPSHOT_VERSION,
    pack_state,
    unpack_any,
    unpack_state,
    version_of,
)
from models.state.wider_features import widen_cohort, widen_principal

_State = TypeVar("_State")
_KINDS: Final = frozenset(PrincipalKind)
# The second layout: facts in the same order as now, and the place of each part.
_SAME_FACTS: Final = 18
_COHORT_PLACE: Final = 14
_THRESHOLDS_PLACE: Final = 15
_SURGE_PLACE: Final = 18
_IS_BENIGN_PLACE: Final = 21


class _FirstFleet(msgspec.Struct, array_like=True):
    newest_event_seconds: float | None


class _FirstPrincipal(msgspec.Struct, array_like=True):
    cohort: str
    first_seen: float
    touched: int


def is_upgraded(snapshot: bytes) -> bool:
    """Whether a snapshot is of a version before this one that can be read.

    Examples
    --------
    >>> is_upgraded(bytes((1,))), is_upgraded(pack_state([]))
    (True, False)
    """
    return FIRST_VERSION <= version_of(snapshot) < SNAPSHOT_VERSION


def is_without_cohorts(snapshot: bytes) -> bool:
    """Whether a snapshot is of the version whose cohorts are learnt anew.

    Examples
    --------
    >>> is_without_cohorts(bytes((1,))), is_without_cohorts(bytes((2,)))
    (True, False)
    """
    return version_of(snapshot) == FIRST_VERSION


def upgrade_cohort(snapshot: bytes, budget: InflateBudget | None = None) -> CohortState:
    """Read a cohort of version 2, within a budget.

    Raises
    ------
    WireFormatError
        If it is not a snapshot.
    """
    older: list[Any] = unpack_any(snapshot, list[Any], budget)
    return _typed(widen_cohort(older), CohortState)


def upgrade_fleet(snapshot: bytes, budget: InflateBudget | None = None) -> FleetState:
    """Read a fleet of an earlier version, within a budget.

    Raises
    ------
    WireFormatError
        If it is not a snapshot.
    """
    older: list[Any] = unpack_any(snapshot, list[Any], budget)
    if not is_without_cohorts(snapshot):
        if len(older) > _COHORT_PLACE:
            older[_COHORT_PLACE] = widen_cohort(older[_COHORT_PLACE])
        return _typed(older, FleetState)
    if len(older) > _SURGE_PLACE:
        older[_COHORT_PLACE], older[_THRESHOLDS_PLACE] = [], {}
        _upgrade_draft(older[_SURGE_PLACE])
        return _typed(older, FleetState)
    first: _FirstFleet = unpack_any(snapshot, _FirstFleet, budget)
    newest = first.newest_event_seconds
    # As on the first day, nobody is a newcomer.
    day = day_of(newest or 0.0)
    return FleetState(newest_event_seconds=newest, started=newest, day=day)


def upgrade_principal(
    snapshot: bytes, now_seconds: float, budget: InflateBudget | None = None
) -> PrincipalSnapshot:
    """Read a principal of an earlier version.

    Parameters
    ----------
    snapshot
        Its snapshot.
    now_seconds
        Event time at which a principal with unreadable habits starts anew.
    budget
        What it may inflate to.

    Raises
    ------
    WireFormatError
        If it is not a snapshot.
    """
    older: list[Any] = unpack_any(snapshot, list[Any], budget)
    if not is_without_cohorts(snapshot):
        return _typed(widen_principal(older), PrincipalSnapshot)
    if older and isinstance(older[0], list):
        older[0] = older[0][:_SAME_FACTS]
        _upgrade_draft(older[-1])
        return _typed(widen_principal(older), PrincipalSnapshot)
    first: _FirstPrincipal = unpack_any(snapshot, _FirstPrincipal, budget)
    kind = first.cohort.partition(":")[0]
    facts = PrincipalFacts(
        cohort=kind if kind in _KINDS else f"declared:{first.cohort}",
        first_seen=now_seconds,
        last_seen=now_seconds,
        touched=first.touched,
        day=day_of(now_seconds),
    )
    return PrincipalSnapshot(facts, HourState(), DaysState(), [0.0] * DAY_FEATURES, [], {}, None)


def _typed(state: list[Any], shape: type[_State]) -> _State:
    typed: _State = unpack_state(pack_state(state), shape)
    return typed


def _upgrade_draft(older: Any) -> None:
    if isinstance(older, list):
        # Verdicts did not teach in that version.
        older.insert(_IS_BENIGN_PLACE, False)
