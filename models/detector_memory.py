"""All that a detector remembers, and how it is kept between runs."""

from collections.abc import Mapping
from typing import Final

import msgspec

from models.log_histogram import HistogramState, LogHistogram
from models.novelty import Novelty, NoveltyState
from models.principal_state import PrincipalSnapshot, PrincipalState
from models.snapshot import pack_state, unpack_state
from models.tail_threshold import TailThreshold

FLEET_KEY: Final = b"fleet"
_PRINCIPAL: Final = b"principal"
_COHORT: Final = b"cohort"


class FleetState(msgspec.Struct, array_like=True, kw_only=True):
    """What is known of all principals of a partition together; times are event time."""

    newest_event_seconds: float | None = None
    started: float | None = None
    swept: float | None = None
    newcomers: int = 0
    events_total: int = 0
    late_events_total: int = 0
    time_jumps_total: int = 0
    maxima: list[float] = []


class DetectorMemory:
    """Principals, cohorts and the fleet of one partition.

    Parameters
    ----------
    prior_days
        How many principal-days the threshold's prior is worth.
    cohort_weight
        How many windows of its own the cohort is worth.
    """

    def __init__(self, prior_days: float, cohort_weight: float) -> None:
        self.states: dict[tuple[str, str], PrincipalState] = {}
        self.cohorts: dict[str, tuple[LogHistogram, Novelty]] = {}
        self.fleet = FleetState()
        self.threshold = TailThreshold(prior_days)
        self._cohort_weight = cohort_weight
        self._changed: set[tuple[str, str]] = set()
        self._changed_cohorts: set[str] = set()

    def mark(self, key: tuple[str, str], state: PrincipalState) -> None:
        """Note that a principal, and with it its cohort, has changed."""
        self._changed.add(key)
        self._changed_cohorts.add(state.cohort)

    def add(self, key: tuple[str, str], cohort: str, first_seen: float) -> PrincipalState:
        """Begin with a principal that was not known."""
        histogram, novelty = self._cohort(cohort)
        habit = LogHistogram(histogram, self._cohort_weight)
        state = PrincipalState(cohort, first_seen, habit, Novelty(novelty))
        self.states[key] = state
        return state

    def _cohort(self, name: str) -> tuple[LogHistogram, Novelty]:
        if name not in self.cohorts:
            self.cohorts[name] = (LogHistogram(), Novelty())
        return self.cohorts[name]

    def take_changes(self) -> dict[bytes, bytes]:
        """Return a snapshot of each unit that changed since the last call.

        A unit that is gone, a forgotten principal, has an empty value.
        """
        changes = {}
        for key in sorted(self._changed):
            state = self.states.get(key)
            packed = b"" if state is None else pack_state(state.snapshot())
            changes[_principal_key(key)] = packed
        for name in sorted(self._changed_cohorts):
            histogram, novelty = self.cohorts[name]
            changes[b"\0".join((_COHORT, _raw(name)))] = pack_state(
                (histogram.state, novelty.state)
            )
        if changes:
            self.fleet.maxima = self.threshold.maxima
            changes[FLEET_KEY] = pack_state(self.fleet)
        self._changed.clear()
        self._changed_cohorts.clear()
        return changes

    def restore(self, changes: Mapping[bytes, bytes]) -> None:
        """Take over snapshots: the newest value of each key that was ever returned.

        Raises
        ------
        WireFormatError
            If a value is no snapshot, or one of a version that this release does not read.
        """
        snapshots: list[tuple[tuple[str, str], PrincipalSnapshot]] = []
        for key, value in changes.items():
            kind, _, rest = key.partition(b"\0")
            if key == FLEET_KEY:
                self.fleet = unpack_state(value, FleetState)
                self.threshold.restore(self.fleet.maxima)
            elif kind == _COHORT:
                self._restore_cohort(rest, value)
            elif kind == _PRINCIPAL and value:
                tenant, _, name = rest.partition(b"\0")
                snapshot: PrincipalSnapshot = unpack_state(value, PrincipalSnapshot)
                snapshots.append(((_text(tenant), _text(name)), snapshot))
        # Their order in the dictionary says which is the least recent.
        for names, snapshot in sorted(snapshots, key=lambda item: item[1].touched):
            self._restore_principal(names, snapshot)

    def _restore_cohort(self, name: bytes, value: bytes) -> None:
        shape = tuple[HistogramState, NoveltyState]
        histogram, novelty = self._cohort(_text(name))
        histogram.state, novelty.state = unpack_state(value, shape)

    def _restore_principal(self, key: tuple[str, str], snapshot: PrincipalSnapshot) -> None:
        state = self.add(key, snapshot.cohort, snapshot.first_seen)
        state.touched = snapshot.touched
        state.day, state.day_maximum = snapshot.day, snapshot.day_maximum
        state.habit.state, state.novelty.state = snapshot.habit, snapshot.novelty
        state.windows, state.draft = snapshot.windows, snapshot.draft


def _principal_key(key: tuple[str, str]) -> bytes:
    return b"\0".join((_PRINCIPAL, _raw(key[0]), _raw(key[1])))


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")
