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

_HOURS: Final = frozenset({"hour", "far_hour"})
_HOUR_TEXTS: Final = tuple(f"{hour:02d}:00 UTC" for hour in range(24))
_OF_A_CALLER: Final = {"network": "first_network", "user_agent": "first_user_agent"}


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
        _note(memory, state, window, Token(hour_feature(hour, known), hour, _HOUR_TEXTS[hour]))


def note_values(
    memory: DetectorMemory, state: PrincipalState, window: Window, tokens: Iterable[Token]
) -> None:
    """Record the values of an event that are new for the principal."""
    known = state.novelty.known
    for token in tokens:
        if token.number not in known and token.number not in window.new:
            _note(memory, state, window, token)


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
        and not memory.everybody.novelty.knows(number)
        and feature not in _HOURS
        and memory.is_newcomer(state)
    ):
        surprise = STRANGER_SURPRISE
    else:
        surprise = 0.0
    if surprise == 0.0 and feature in _OF_A_CALLER and age < DAY_SECONDS:
        # The fleet knows it, so it means nothing.
        feature = _OF_A_CALLER[feature]
    window.note_new(number, NewValue(feature, text, surprise))


def _count(state: PrincipalState, feature: str, number: int) -> None:
    state.facts.new_today[feature] = None
    cohort = state.novelty.cohort
    if cohort is not None and not cohort.knows(number):
        state.facts.new_today[f"!{feature}"] = None
