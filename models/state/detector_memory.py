"""All that a detector remembers, and its snapshots."""

from collections import deque
from collections.abc import Mapping
from typing import Final

from models.domain.access_event import AccessEvent
from models.domain.event_clock import EventClock
from models.domain.time_units import day_of
from models.estimators.calibration import Calibration
from models.estimators.cohort import Cohort, CohortState
from models.incidents.feedback import Feedback
from models.incidents.incident_draft import IncidentDraft
from models.incidents.planned_change import PlannedChange
from models.observation.seen_subjects import SeenSubjects
from models.state.eviction_order import EvictionOrder
from models.state.fleet_state import FleetState
from models.state.inflate_budget import InflateBudget
from models.state.principal_state import PrincipalFacts, PrincipalSnapshot, PrincipalState
from models.state.snapshot import pack_state, unpack_state
from models.state.snapshot_upgrade import (
    is_upgraded,
    is_without_cohorts,
    upgrade_cohort,
    upgrade_fleet,
    upgrade_principal,
)
from models.tuning.observation import SEEN_SUBJECTS_FLEET_BYTES
from models.tuning.state import (
    DETECTOR_MEMORY_ALONE_EVENTS,
    DETECTOR_MEMORY_ALONE_SECONDS,
    DETECTOR_MEMORY_CLOSED_DAYS_KEPT,
    DETECTOR_MEMORY_FLEET_YOUNG_SECONDS,
)

FLEET_KEY: Final = b"fleet"
_PRINCIPAL: Final = b"principal"
_COHORT: Final = b"cohort"
_NAME_CHARACTERS: Final = 512
Key = tuple[str, str]


class DetectorMemory:
    """Principals, cohorts and the fleet of one partition.

    Parameters
    ----------
    prior_days
        Principal-days that the threshold's prior is worth.
    cohort_weight
        Windows of its own that the cohort is worth.
    """

    def __init__(self, prior_days: float, cohort_weight: float) -> None:
        self.states: dict[Key, PrincipalState] = {}
        self._order = EvictionOrder(self.states)
        self.fleet = FleetState()
        self.seen = SeenSubjects(self.fleet.seen, SEEN_SUBJECTS_FLEET_BYTES)
        self.clock = EventClock(DETECTOR_MEMORY_ALONE_SECONDS, DETECTOR_MEMORY_ALONE_EVENTS)
        self.everybody = Cohort()
        self.cohorts: dict[str, Cohort] = {}
        self.calibration = Calibration(prior_days)
        # Score and p-value of closed principal-days, until they are taken.
        self.closed_days: deque[tuple[float, float]] = deque(
            maxlen=DETECTOR_MEMORY_CLOSED_DAYS_KEPT
        )
        # Hour -> principals that have it open; derived from the states.
        self.open_hours: dict[int, dict[Key, None]] = {}
        self._cohort_weight = cohort_weight
        self._changed: set[Key] = set()
        # Evicted since the last call of `take_changes`, and in a snapshot of an earlier call.
        self._gone: set[Key] = set()
        self._changed_cohorts: set[str] = set()
        self._is_fleet_changed = False

    def mark(self, key: Key) -> None:
        """Mark a principal as changed."""
        self._changed.add(key)

    def mark_cohort(self, name: str) -> None:
        """Mark a cohort as changed."""
        self._changed_cohorts.add(name)

    def mark_fleet(self) -> None:
        """Note that what is counted of all has changed, with no principal."""
        self._is_fleet_changed = True

    def weigh(self, key: Key, state: PrincipalState) -> None:
        """Note that there is more or less to lose with a principal."""
        self._order.refresh(key, state)

    def add(self, key: Key, cohort: str, first_seen: float) -> PrincipalState:
        """Add an unknown principal, as the most recent one."""
        shared = self.cohort(cohort)
        facts = PrincipalFacts(
            cohort=cohort,
            first_seen=first_seen,
            last_seen=first_seen,
            day=day_of(first_seen),
        )
        state = PrincipalState(facts, shared, self._cohort_weight)
        self.states[key] = state
        self.fleet.sequence += 1
        facts.touched = self.fleet.sequence
        self._order.add(key, state)
        shared.novelty.state.members += 1.0
        self.mark_cohort(cohort)
        return state

    def cohort(self, name: str) -> Cohort:
        """Return the cohort of this name; make it if there is none."""
        found = self.cohorts.get(name)
        if found is None:
            found = self.cohorts[name] = Cohort(self.everybody)
        return found

    def is_newcomer(self, state: PrincipalState) -> bool:
        """Whether it appeared after the stream's first days, in which everybody is new."""
        age = state.facts.first_seen - (self.fleet.started or 0.0)
        return age > DETECTOR_MEMORY_FLEET_YOUNG_SECONDS

    def touch(self, key: Key, state: PrincipalState) -> None:
        """Make a principal the most recent one."""
        del self.states[key]
        self.states[key] = state
        self.fleet.sequence += 1
        state.facts.touched = self.fleet.sequence

    def evict_least(self) -> IncidentDraft | None:
        """Fold the principal with the least to lose into its cohort, which has learnt its hours.

        Returns
        -------
        IncidentDraft or None
            Its open incident: principals without one go first among those with as much history.
        """
        key = self._order.next_key()
        if key is None:
            return None
        state = self.states.pop(key)
        self._order.discard(key, state)
        for index in state.windows:
            self.open_hours.get(index, {}).pop(key, None)
        if state.novelty.cohort is not None:
            state.novelty.cohort.state.members -= 1.0
            self.mark_cohort(state.facts.cohort)
        self._changed.discard(key)
        if state.is_handed_out:
            self._gone.add(key)
        self.fleet.evicted_principals_total += 1
        return state.draft

    def drop_hour(self, key: Key, index: int) -> None:
        """Forget an open hour of a principal without learning it."""
        del self.states[key].windows[index]
        self.open_hours.get(index, {}).pop(key, None)

    def take_changes(self) -> dict[bytes, bytes]:
        """Return a snapshot of each unit that changed since the last call.

        An evicted principal has an empty value. One that was added and evicted between two
        calls is not reported.
        """
        changes = {_principal_key(key): b"" for key in sorted(self._gone)}
        for key in sorted(self._changed):
            state = self.states[key]
            state.is_handed_out = True
            changes[_principal_key(key)] = pack_state(state.snapshot())
        for name in sorted(self._changed_cohorts):
            changes[cohort_entry(name)] = pack_state(self.cohorts[name].state)
        if changes or self._is_fleet_changed:
            self.fleet.cohort = self.everybody.state
            self.fleet.thresholds = self.calibration.state
            self.fleet.newest_event_seconds = self.clock.newest_seconds
            self.fleet.clock = self.clock.state
            changes[FLEET_KEY] = pack_state(self.fleet)
        self._changed.clear()
        self._changed_cohorts.clear()
        self._gone.clear()
        self._is_fleet_changed = False
        return changes

    def restore(self, changes: Mapping[bytes, bytes], budget: InflateBudget | None = None) -> None:
        """Restore from snapshots: the newest value of each key that was ever returned.

        Raises
        ------
        WireFormatError
            If a value is not a snapshot, if its version cannot be read, or if all of them
            inflate to more than the budget.
        """
        budget = InflateBudget() if budget is None else budget
        if FLEET_KEY in changes:
            self._restore_fleet(changes[FLEET_KEY], budget)
        principals: list[tuple[Key, PrincipalSnapshot, bytes]] = []
        for key, value in changes.items():
            kind, _, rest = key.partition(b"\0")
            if kind == _COHORT and not is_without_cohorts(value):
                self._restore_cohort(_text(rest), value, budget)
            elif kind == _PRINCIPAL and value:
                tenant, _, name = rest.partition(b"\0")
                principal = self._read_principal(value, budget)
                principals.append(((_text(tenant), _text(name)), principal, value))
        # Their order in the dictionary tells the least recent.
        for names, principal, value in sorted(principals, key=lambda p: p[1].facts.touched):
            self._restore_principal(names, principal)
            if is_without_cohorts(value):
                self._join_cohort(self.states[names])
            if is_upgraded(value):
                # The next snapshot is then entirely of this version.
                self.mark(names)

    def _restore_cohort(self, name: str, value: bytes, budget: InflateBudget) -> None:
        upgraded = is_upgraded(value)
        if upgraded:
            state = upgrade_cohort(value, budget)
        else:
            state = unpack_state(value, CohortState, budget)
        self.cohort(name).restore(state)
        if upgraded:
            self.mark_cohort(name)

    def _restore_fleet(self, value: bytes, budget: InflateBudget) -> None:
        if is_upgraded(value):
            self.fleet = upgrade_fleet(value, budget)
        else:
            self.fleet = unpack_state(value, FleetState, budget)
        if self.fleet.started is not None and self.fleet.delegates_since is None:
            # An earlier release has not learnt who is given access: that begins now.
            self.fleet.delegates_since = self.fleet.newest_event_seconds
        self.seen = SeenSubjects(self.fleet.seen, SEEN_SUBJECTS_FLEET_BYTES)
        self.clock.restore(self.fleet.clock, self.fleet.newest_event_seconds)
        if is_without_cohorts(value):
            return
        self.everybody.restore(self.fleet.cohort)
        self.calibration.restore(self.fleet.thresholds)

    def _read_principal(self, value: bytes, budget: InflateBudget) -> PrincipalSnapshot:
        if is_upgraded(value):
            return upgrade_principal(value, self.clock.newest_seconds or 0.0, budget)
        principal: PrincipalSnapshot = unpack_state(value, PrincipalSnapshot, budget)
        return principal

    def _join_cohort(self, state: PrincipalState) -> None:
        """Add a member and its values to a cohort that is learnt anew."""
        cohort = self.cohort(state.facts.cohort)
        cohort.novelty.state.members += 1.0
        for token in state.novelty.known:
            cohort.novelty.learn_token(token)
        self.mark_cohort(state.facts.cohort)

    def _restore_principal(self, key: Key, snapshot: PrincipalSnapshot) -> None:
        cohort = self.cohort(snapshot.facts.cohort)
        state = PrincipalState(snapshot.facts, cohort, self._cohort_weight)
        state.restore(snapshot)
        state.is_handed_out = True
        self.states[key] = state
        self._order.add(key, state)
        self.fleet.sequence = max(self.fleet.sequence, state.facts.touched)
        for index in state.windows:
            self.open_hours.setdefault(index, {})[key] = None


def key_of(event: AccessEvent | Feedback | PlannedChange) -> Key:
    """Return under which key an event's principal is kept."""
    return event.tenant[:_NAME_CHARACTERS], event.principal[:_NAME_CHARACTERS]


def principal_entry(tenant: str, principal: str) -> bytes:
    """Return under which key a snapshot holds a principal.

    Examples
    --------
    >>> principal_entry("A1", "app-1").count(0)
    2
    """
    return _principal_key((tenant[:_NAME_CHARACTERS], principal[:_NAME_CHARACTERS]))


def cohort_entry(name: str) -> bytes:
    """Return under which key a snapshot holds a cohort.

    Examples
    --------
    >>> cohort_entry("user").count(0)
    1
    """
    return b"\0".join((_COHORT, _raw(name)))


def _principal_key(key: Key) -> bytes:
    return b"\0".join((_PRINCIPAL, _raw(key[0]), _raw(key[1])))


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")
