"""The closed hours of a stream, the common input of all peers."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from models.domain.access_event import AccessEvent, PrincipalKind
from models.observation.tokens import Tokens
from models.observation.window import Window

_HOUR_SECONDS = 3600.0
_LATE_SECONDS = 60.0


class Hour(NamedTuple):
    """One hour of a principal: features on a logarithmic scale, and its novelties."""

    principal: str
    end_seconds: float
    features: dict[str, float]
    is_sensitive: bool


def closed_hours(events: Iterable[AccessEvent]) -> list[Hour]:
    """Count the events of each principal, except services, by hour; yield hours as they end."""
    windows: dict[tuple[int, str], Window] = {}
    known: dict[str, set[int]] = {}
    tokens = Tokens()
    new: dict[tuple[int, str], dict[str, float]] = {}
    for event in events:
        if event.principal_kind is PrincipalKind.SERVICE:
            continue
        key = (int(event.time // _HOUR_SECONDS), event.principal)
        window = windows.get(key)
        if window is None:
            window = windows[key] = Window(index=key[0])
            new[key] = {"new_operation": 0.0, "new_network": 0.0, "new_agent": 0.0}
        window.add(event)
        seen = known.setdefault(event.principal, set())
        for token in tokens.of(event).tokens:
            if token.number not in seen:
                seen.add(token.number)
                name = "new_agent" if token.feature == "user_agent" else f"new_{token.feature}"
                if name in new[key]:
                    new[key][name] = 1.0
    return [_hour(key, windows[key], new[key]) for key in sorted(windows)]


def _hour(key: tuple[int, str], window: Window, new: dict[str, float]) -> Hour:
    window.count_subjects()
    features = {name: math.log1p(value) for name, value in window.features().items()}
    return Hour(
        principal=key[1],
        end_seconds=(key[0] + 1) * _HOUR_SECONDS + _LATE_SECONDS,
        features=features | new,
        is_sensitive=window.is_sensitive,
    )
