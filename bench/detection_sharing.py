"""Lets partitions share what they have in common, to measure what that is worth.

This is a study: the worker does not do it yet (docs/scaling.md). Each partition keeps what it has
learnt itself apart. When one of its days closes, it hands that on, and goes on with the sum of its
own and what the others handed on last.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest.mock import patch

import msgspec

from models.detection import day_close
from models.detector import Detector
from models.estimators.calibration import Calibration
from models.estimators.cohort import Cohort, CohortState
from models.estimators.first_reads import FirstReads
from models.estimators.novelty import NoveltyCohort
from models.estimators.spreads import Spreads
from models.estimators.tail_threshold import ThresholdState
from models.estimators.volume_shape import VolumeShape
from models.state.common_knowledge import CommonKnowledge
from models.state.detector_memory import DetectorMemory
from models.state.pooled import pooled
from models.tuning.estimators import TAIL_THRESHOLD_KEEP_A_DAY

_Tails = dict[str, dict[str, ThresholdState]]
_Summary = tuple[CohortState, dict[str, CohortState], _Tails]
_LEARNING: Final = (
    (VolumeShape, ("learn",)),
    (NoveltyCohort, ("learn_day", "learn_token", "forget_token")),
    (Spreads, ("learn",)),
    (FirstReads, ("learn", "end_day")),
    (Cohort, ("learn_weekday", "learn_hour")),
)


class SharingFleet:
    """Partitions that decide as one.

    Parameters
    ----------
    detectors
        One for each partition, without state.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._memories: list[DetectorMemory] = [d._memory for d in detectors]  # noqa: SLF001
        self._own = [DetectorMemory(0.0, 0.0) for _ in detectors]
        self._days = [memory.fleet.day for memory in self._memories]
        self._handed_on: dict[int, bytes] = {}
        self._tails: dict[int, _Tails] = {}
        # Whatever learns -> what learns the same of this partition alone.
        self._twins: dict[int, Any] = {}
        self._pushed = {
            id(memory.everybody): own.everybody
            for memory, own in zip(self._memories, self._own, strict=True)
        }
        self._before: dict[int, _Tails] = {}

    @property
    def largest_bytes(self) -> int:
        """The largest summary that a partition handed on last."""
        return max(map(len, self._handed_on.values()), default=0)

    @contextmanager
    def learning(self) -> Iterator[None]:
        """Have each partition keep apart what it learns itself."""
        with ExitStack() as stack:
            for kind, names in _LEARNING:
                for name in names:
                    taught = self._taught(getattr(kind, name))
                    stack.enter_context(patch.object(kind, name, taught))
            stack.enter_context(patch.object(DetectorMemory, "cohort", self._cohort()))
            stack.enter_context(patch.object(Calibration, "end_day", self._end_day()))
            stack.enter_context(patch.object(day_close, "_push", self._push()))
            yield

    def after(self, place: int) -> None:
        """Share, if a day of the partition has just closed."""
        memory, own = self._memories[place], self._own[place]
        if memory.fleet.day == self._days[place]:
            return
        self._days[place] = memory.fleet.day
        own.everybody.first_reads.end_day()
        for name, cohort in own.cohorts.items():
            members = [s for s in memory.states.values() if s.facts.cohort == name]
            cohort.novelty.state.members = float(len(members))
        cohorts = {name: cohort.state for name, cohort in own.cohorts.items()}
        told = (own.everybody.state, cohorts, self._tails.get(id(memory.calibration), {}))
        self._handed_on[place] = msgspec.msgpack.encode(told)
        self._take_in(memory)

    def _take_in(self, memory: DetectorMemory) -> None:
        parts = []
        for told in self._handed_on.values():
            everybody, cohorts, tails = msgspec.msgpack.decode(told, type=_Summary)
            part = DetectorMemory(0.0, 0.0)
            part.everybody.restore(everybody)
            part.cohorts = {name: Cohort(part.everybody) for name in cohorts}
            for name, state in cohorts.items():
                part.cohorts[name].restore(state)
            part.calibration.restore(tails)
            parts.append(part)
        common = CommonKnowledge.of(parts)
        _put(memory.everybody, common.everybody)
        for name, state in common.cohorts.items():
            _put(memory.cohort(name), state)
        memory.calibration.restore(common.thresholds)
        self._before[id(memory.calibration)] = _copied(memory.calibration)

    def _taught(self, original: Callable[..., None]) -> Callable[..., None]:
        twins = self._twins

        def learn(estimator: object, *words: object, **named: object) -> None:
            original(estimator, *words, **named)
            twin = twins.get(id(estimator))
            if twin is not None:
                original(twin, *words, **named)

        return learn

    def _cohort(self) -> Callable[[DetectorMemory, str], Cohort]:
        original, own_of = (
            DetectorMemory.cohort,
            dict(zip(map(id, self._memories), self._own, strict=True)),
        )

        def cohort(memory: DetectorMemory, name: str) -> Cohort:
            is_new = name not in memory.cohorts
            found = original(memory, name)
            own = own_of.get(id(memory))
            if is_new and own is not None:
                twin = original(own, name)
                for one, other in (
                    (found, twin),
                    (found.shape, twin.shape),
                    (found.novelty, twin.novelty),
                    (found.spreads, twin.spreads),
                    (found.first_reads, twin.first_reads),
                ):
                    self._twins[id(one)] = other
                self._pushed[id(found)] = twin
            return found

        return cohort

    def _end_day(self) -> Callable[[Calibration], None]:
        """Keep what the calibration has learnt since the last day, whatever its parts are."""
        original = Calibration.end_day

        def end_day(calibration: Calibration) -> None:
            number = id(calibration)
            learnt = _minus(_copied(calibration), self._before.get(number, {}))
            own = pooled([learnt, self._tails[number]]) if number in self._tails else learnt
            keep = TAIL_THRESHOLD_KEEP_A_DAY
            for group in own.values():
                for state in group.values():
                    state.counts = {place: keep * n for place, n in state.counts.items()}
                    state.total *= keep
            self._tails[number] = own
            original(calibration)
            self._before[number] = _copied(calibration)

        return end_day

    def _push(self) -> Callable[[Cohort, float], None]:
        original = day_close._push  # noqa: SLF001

        def push(cohort: Cohort, shift: float) -> None:
            original(cohort, shift)
            original(self._pushed[id(cohort)], shift)

        return push


def _put(cohort: Cohort, state: CohortState) -> None:
    """Restore what is common; who is present, and today's volume, stay the partition's own."""
    state.ratio, state.expected = cohort.state.ratio, cohort.state.expected
    cohort.restore(state)


def _copied(calibration: Calibration) -> _Tails:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(calibration.state), type=_Tails)


def _minus(now: _Tails, before: _Tails) -> _Tails:
    nothing = ThresholdState({}, 0.0)
    return {
        group: {
            name: _difference(state, before.get(group, {}).get(name, nothing))
            for name, state in states.items()
        }
        for group, states in now.items()
    }


def _difference(now: ThresholdState, before: ThresholdState) -> ThresholdState:
    counts = {place: count - before.counts.get(place, 0.0) for place, count in now.counts.items()}
    return ThresholdState(counts, now.total - before.total)
