"""Records what is new for a principal in an open hour, and how surprising that is."""

import math
from collections.abc import Iterable
from typing import Final

from models.domain.access_event import AccessEvent
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from models.observation.tokens import Token, hour_feature, token_of
from models.observation.window import NewValue, Window
from models.rules.history import is_deep
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import PrincipalState
from models.tuning.detection import (
    NEW_VALUES_FROM_SECONDS,
    NEWCOMER_PRIOR_COUNT,
    NEWCOMER_PRIOR_DAYS,
    ROAMING_WEIGHT,
    STRANGER_SURPRISE,
    YOUNG_SECONDS,
)
from models.tuning.rules import HISTORY_KNOWING_DAYS

HISTORY: Final = "history"
_HOURS: Final = frozenset({"hour", "far_hour"})


def note_newcomer(
    memory: DetectorMemory, event: AccessEvent, state: PrincipalState, window: Window
) -> None:
    """Mark the hours of a newcomer."""
    if event.time - state.facts.first_seen < DAY_SECONDS and memory.is_newcomer(state):
        fleet = memory.fleet
        rate = (fleet.newcomers + NEWCOMER_PRIOR_COUNT) / (fleet.mature_days + NEWCOMER_PRIOR_DAYS)
        surprise = max(0.0, -math.log10(min(1.0, rate)))
        window.note_new(-1, NewValue("principal", event.principal[:128], surprise))


def note_hour(memory: DetectorMemory, state: PrincipalState, window: Window) -> None:
    """Record an hour of the day at which the principal was never active."""
    hour, known = window.index % 24, state.novelty.known
    if hour in known:
        state.novelty.show((hour,))
    else:
        token = Token(hour_feature(hour, known), hour, f"{hour:02d}:00 UTC")
        _note(memory, state, window, token)


def note_values(
    memory: DetectorMemory, state: PrincipalState, window: Window, tokens: Iterable[Token]
) -> None:
    """Record the values of an event that are new for the principal."""
    known = state.novelty.known
    for token in tokens:
        if token.number not in known and token.number not in window.new:
            _note(memory, state, window, token)


def note_history(
    memory: DetectorMemory, state: PrincipalState, window: Window, reach_seconds: float
) -> None:
    """Record how far back a read reaches; one far beyond the habit is new."""
    if reach_seconds <= window.reach_seconds:
        return
    window.reach_seconds = reach_seconds
    age = window.index * HOUR_SECONDS - state.facts.first_seen
    usual = _usual_reach(memory, state) if age >= NEW_VALUES_FROM_SECONDS else None
    if usual is None or not is_deep(reach_seconds, usual):
        return
    # Depths that are within a factor of two are the same.
    depth = int(reach_seconds / DAY_SECONDS).bit_length()
    number = token_of(HISTORY, str(depth))
    if number in state.novelty.known:
        return
    window.usual_reach_seconds = usual
    named = HISTORY if age >= YOUNG_SECONDS else f"~{HISTORY}"
    surprise = state.novelty.surprise(named, number)
    _count(state, named, number)
    # The deepest is told.
    window.note_new(number, NewValue(HISTORY, _days(reach_seconds), surprise + depth / 1000.0))


def _usual_reach(memory: DetectorMemory, state: PrincipalState) -> float | None:
    """Return a principal's usual reach; before it is known, that of its cohort or of all."""
    facts, usual = state.facts, memory.fleet.usual_reaches
    if facts.reach_days >= HISTORY_KNOWING_DAYS:
        return facts.usual_reach
    return usual.get(facts.cohort, usual.get(""))


def _days(seconds: float) -> str:
    return f"{seconds / DAY_SECONDS:,.0f} days"


def _note(memory: DetectorMemory, state: PrincipalState, window: Window, token: Token) -> None:
    feature, number, text = token
    age = window.index * HOUR_SECONDS - state.facts.first_seen
    if feature == "hour_nearby":
        surprise = 0.0
    elif age >= NEW_VALUES_FROM_SECONDS:
        named = feature if age >= YOUNG_SECONDS else f"~{feature}"
        surprise = state.novelty.surprise(named, number)
        if feature == "network" and state.facts.is_person:
            surprise *= ROAMING_WEIGHT
        _count(state, named, number)
    elif (
        age < DAY_SECONDS
        and memory.is_newcomer(state)
        and feature not in _HOURS
        and not memory.everybody.novelty.knows(number)
    ):
        surprise = STRANGER_SURPRISE
    else:
        surprise = 0.0
    if surprise == 0.0 and feature in ("network", "user_agent") and age < DAY_SECONDS:
        # The fleet knows it, so it means nothing.
        feature = f"first_{feature}"
    window.note_new(number, NewValue(feature, text, surprise))


def _count(state: PrincipalState, feature: str, number: int) -> None:
    state.facts.new_today[feature] = None
    cohort = state.novelty.cohort
    if cohort is not None and not cohort.knows(number):
        state.facts.new_today[f"!{feature}"] = None
