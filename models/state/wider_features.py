"""Makes room, in states of version 2, for the features that came after it.

Version 2 counted thirteen features. Unclassified records and new subjects came in the middle,
behind the nine that are kept by day, so that these still come first.
"""

from typing import Any, Final

from models.errors import WireFormatError
from models.estimators.rolling_volume import DAYS_KEPT
from models.estimators.volume_shape import SPREAD
from models.observation.features import BINS, MISSING

_DAY_FEATURES: Final = 9
_ADDED: Final = 2
_GATED: Final = 255
# Places in the arrays of a principal and of its facts, of an hour, and of a cohort.
_FACTS, _VOLUME, _DAYS, _DRIFT, _WINDOWS = 0, 1, 2, 3, 5
_TODAY, _QUARANTINE = 6, 12
_VALUES, _RESCORE_AT = 1, 5
_SHAPE, _SPREADS = 0, 4


def widen_principal(state: list[Any]) -> list[Any]:
    """Return a principal of version 2 with places for the added features.

    Raises
    ------
    WireFormatError
        If it is not a principal.
    """
    try:
        _widen_facts(state[_FACTS])
        state[_VOLUME] = _wider_hours(*state[_VOLUME])
        state[_DAYS][0] = _wider_ring(state[_DAYS][0])
        state[_DAYS][2] = [*state[_DAYS][2], *[0.0] * _ADDED]
        state[_DRIFT] = [*state[_DRIFT], *[0.0] * _ADDED]
        for window in state[_WINDOWS].values():
            window[_VALUES] = _inserted(window[_VALUES], MISSING)
            window[_RESCORE_AT] = _inserted(window[_RESCORE_AT], 0.0)
    except (IndexError, KeyError, TypeError, AttributeError, ValueError) as error:
        message = "not a principal of version 2"
        raise WireFormatError(message) from error
    return state


def widen_cohort(state: list[Any]) -> list[Any]:
    """Return a cohort of version 2 with places for the added features.

    Raises
    ------
    WireFormatError
        If it is not a cohort.
    """
    try:
        absolute, relative = state[_SHAPE]
        state[_SHAPE] = [_moved(absolute, BINS), _moved(relative, SPREAD)]
        state[_SPREADS] = [*state[_SPREADS], *[[0.0, 0.0]] * _ADDED]
    except (IndexError, KeyError, TypeError, AttributeError, ValueError) as error:
        message = "not a cohort of version 2"
        raise WireFormatError(message) from error
    return state


def _widen_facts(facts: list[Any]) -> None:
    facts[_TODAY] = [*facts[_TODAY], *[0.0] * _ADDED]
    for hour in facts[_QUARANTINE] if len(facts) > _QUARANTINE else ():
        hour[2] = _moved(hour[2], 1)


def _wider_hours(counts: bytes, totals: list[int], medians: bytes) -> list[Any]:
    place = _DAY_FEATURES * BINS
    return [
        counts[:place] + bytes(_ADDED * BINS) + counts[place:],
        _inserted(totals, 0),
        medians[:_DAY_FEATURES] + bytes(_ADDED) + medians[_DAY_FEATURES:],
    ]


def _wider_ring(ring: bytes) -> bytes:
    rows = [ring[day * _DAY_FEATURES : (day + 1) * _DAY_FEATURES] for day in range(DAYS_KEPT)]
    return b"".join(row + bytes((row[0] if row[0] == _GATED else 0,)) * _ADDED for row in rows)


def _inserted(values: list[Any], value: float) -> list[Any]:
    return [*values[:_DAY_FEATURES], *[value] * _ADDED, *values[_DAY_FEATURES:]]


def _moved(counts: dict[int, Any], width: int) -> dict[int, Any]:
    """Move what is counted by feature and place; `width` is the places of a feature."""
    first = _DAY_FEATURES * width
    return {(p if p < first else p + _ADDED * width): count for p, count in counts.items()}
