"""Records what is new for a principal in an open hour, and how surprising that is."""

import math
from collections.abc import Iterable
from typing import Final

from models.domain.access_event import AccessEvent
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from models.observation.tokens import Token, hour_feature
from models.observation.window import NewValue, Window
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


def _note(memory: DetectorMemory, state: PrincipalState, window: Window, token: Token) -> None:
    feature, number, text = token
    age = window.index * HOUR_SECONDS - state.facts.first_seen
    surprise = 0.0
    if age >= NEW_VALUES_FROM_SECONDS and feature != "hour_nearby":
        named = feature if age >= YOUNG_SECONDS else f"~{feature}"
        surprise = state.novelty.surprise(named, number)
        if feature == "network" and state.facts.is_person:
            surprise *= ROAMING_WEIGHT
        _count(state, named, number)
    window.note_new(number, NewValue(feature, text, surprise))


def _count(state: PrincipalState, feature: str, number: int) -> None:
    state.facts.new_today[feature] = None
    cohort = state.novelty.cohort
    if cohort is not None and not cohort.knows(number):
        state.facts.new_today[f"!{feature}"] = None
