"""What is learnt when a principal's hour has ended."""

from typing import Final

from models.detector_memory import DetectorMemory
from models.detector_settings import DetectorSettings
from models.features import CALLS, DAY_FEATURES, bin_of
from models.principal_state import Held, PrincipalState
from models.subject_sketch import SubjectSketch
from models.window import Window

_HELD_KEPT: Final = 48
_PERIOD_DAYS: Final = {"day": 1, "week": 7, "month": 30}
_KNOWN_HOURS: Final = 24
_UNDECIDED_DAYS: Final = 30.0


def close_hour(
    memory: DetectorMemory, state: PrincipalState, window: Window, settings: DetectorSettings
) -> None:
    """Learn an hour, or hold it back if it was unusual: an attacker must not teach.

    What paged is learnt after a benign verdict only; what was unusual and paged nobody,
    after some days.
    """
    window.looked()
    facts = state.facts
    if facts.day == window.index // 24:
        for feature in range(DAY_FEATURES):
            facts.today[feature] += max(0.0, window.values[feature])
    _merge_subjects(memory, state, window)
    bins = {f: bin_of(value) for f, value in enumerate(window.values) if value > 0.0}
    if state.volume.state.totals[CALLS] >= _KNOWN_HOURS:
        deviation = bins.get(CALLS, 0) - state.volume.state.medians[CALLS]
        memory.cohort(facts.cohort).learn_hour(window.index % 24, float(deviation))
    tokens = tuple(number for number in window.new if number >= 0)
    now = (window.index + 1) * 3600.0
    _learn_due(state, now)
    draft = state.draft
    paged = draft is not None and draft.paged_at is not None
    if not (window.anomalous or paged):
        learn(state, bins, tokens)
        return
    days = _UNDECIDED_DAYS if paged else settings.learning_delay_days
    name = draft.incident_id if draft is not None and paged else None
    facts.held.append(Held(now + days * 86_400.0, name, bins, tokens))
    del facts.held[:-_HELD_KEPT]


def learn(state: PrincipalState, bins: dict[int, int], tokens: tuple[int, ...]) -> None:
    """Teach a principal's baseline one hour."""
    state.volume.learn_bins(bins)
    for token in tokens:
        state.novelty.learn_token(token)


def _learn_due(state: PrincipalState, now: float) -> None:
    held = state.facts.held
    if not held or all(hour.due_seconds > now for hour in held):
        return
    state.facts.held = [hour for hour in held if hour.due_seconds > now]
    for hour in held:
        if hour.due_seconds <= now and hour.incident_id is None:
            learn(state, hour.bins, hour.tokens)


def _merge_subjects(memory: DetectorMemory, state: PrincipalState, window: Window) -> None:
    for what, registers in window.subjects.items():
        hour = SubjectSketch(registers)
        fleet = memory.fleet.subjects.get(what)
        if fleet is None:
            fleet = memory.fleet.subjects[what] = SubjectSketch.of_an_hour().registers
        SubjectSketch(fleet).merge(hour)
        name = f"day:{what}"
        day = window.index // 24
        if state.facts.periods.get(name) != day:
            _turn_periods(state, what, day)
        SubjectSketch(state.facts.subjects[name]).merge(hour)


def _turn_periods(state: PrincipalState, what: str, day: int) -> None:
    """Begin a new day; the last one becomes part of its week and month."""
    facts = state.facts
    ended = facts.subjects.get(f"day:{what}")
    for period, days in _PERIOD_DAYS.items():
        name = f"{period}:{what}"
        if facts.periods.get(name) != day // days:
            facts.periods[name] = day // days
            facts.subjects[name] = SubjectSketch.of_a_long_time().registers
        elif ended is not None:
            SubjectSketch(facts.subjects[name]).merge(SubjectSketch(ended))
