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
_HOUR_TEXTS: Final = tuple(f"{hour:02d}:00 UTC" for hour in range(24))
# What the fleet knows means nothing in a principal's first day.
_FIRST_OF: Final = {"network": "first_network", "user_agent": "first_user_agent"}


def note_newcomer(
    memory: DetectorMemory, event: AccessEvent, state: PrincipalState, window: Window
) -> None:
    """Mark the hours of a newcomer."""
    if event.time - state.facts.first_seen < DAY_SECONDS and memory.is_newcomer(state):
        fleet = memory.fleet
        rate = (fleet.newcomers + NEWCOMER_PRIOR_COUNT) / (fleet.mature_days + NEWCOMER_PRIOR_DAYS)
        surprise = -math.log10(rate) if rate < 1.0 else 0.0
        window.note_new(-1, NewValue("principal", event.principal[:128], surprise))


def note_hour(memory: DetectorMemory, state: PrincipalState, window: Window) -> None:
    """Record an hour of the day at which the principal was never active."""
    hour, known = window.index % 24, state.novelty.known
    if hour in known:
        state.novelty.show((hour,))
    else:
        _note(memory, state, window, Token(hour_feature(hour, known), hour, _HOUR_TEXTS[hour]))


def note_values(
    memory: DetectorMemory, state: PrincipalState, window: Window, tokens: Iterable[Token]
) -> None:
    """Record the values of an event that are new for the principal."""
    known, new = state.novelty.known, window.new
    if window.index * HOUR_SECONDS - state.facts.first_seen < DAY_SECONDS:
        _note_first(memory, state, window, [t for t in tokens if t.number not in known])
        return
    for token in tokens:
        if token.number not in known and token.number not in new:
            _note(memory, state, window, token)


def _note_first(
    memory: DetectorMemory, state: PrincipalState, window: Window, tokens: Iterable[Token]
) -> None:
    """Record values of a principal's first day, in which only what nobody knows is a surprise."""
    is_newcomer, by_all = memory.is_newcomer(state), memory.everybody.novelty.state.known
    for feature, number, text in tokens:
        if number in window.new:
            continue
        if is_newcomer and number not in by_all:
            window.note_new(number, NewValue(feature, text, STRANGER_SURPRISE))
        else:
            name = _FIRST_OF.get(feature, feature)
            window.note_new(number, NewValue(name, text, 0.0))


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
    state.facts.own_new_today[HISTORY] = None
    surprise = state.novelty.surprise(named, number, state.facts.new_days)
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
    surprise, facts = 0.0, state.facts
    facts.own_new_today[feature] = None
    if age >= NEW_VALUES_FROM_SECONDS and feature != "hour_nearby":
        named = feature if age >= YOUNG_SECONDS else f"~{feature}"
        surprise = state.novelty.surprise(named, number, facts.new_days)
        if feature == "network" and facts.is_person:
            surprise *= ROAMING_WEIGHT
        _count(state, named, number)
    window.note_new(number, NewValue(feature, text, surprise))


def _count(state: PrincipalState, feature: str, number: int) -> None:
    state.facts.new_today[feature] = None
    cohort = state.novelty.cohort
    if cohort is not None and not cohort.knows(number):
        state.facts.new_today[f"!{feature}"] = None
