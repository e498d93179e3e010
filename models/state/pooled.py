"""Adds up what several partitions have counted."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

_Counted = TypeVar("_Counted")


def pooled(parts: Sequence[_Counted]) -> _Counted:
    """Return the sum of counts that have the same form, whatever that is.

    Numbers are added. Structures are added field by field, lists of one length place by place,
    mappings key by key.

    Parameters
    ----------
    parts
        One or more.

    Raises
    ------
    TypeError
        If something is no count, or if two lists differ in length.

    Examples
    --------
    >>> pooled([{"a": [1.0, 2]}, {"a": [0.5, 1], "b": [1.0, 1]}])
    {'a': [1.5, 3], 'b': [1.0, 1]}
    """
    first: object = parts[0]
    if isinstance(first, msgspec.Struct):
        names = type(first).__struct_fields__
        fields = {name: pooled([getattr(part, name) for part in parts]) for name in names}
        return type(first)(**fields)  # type: ignore[return-value]
    if isinstance(first, dict):
        return _pooled_mappings(parts)  # type: ignore[arg-type, return-value]
    if isinstance(first, list):
        if len({len(part) for part in parts}) > 1:  # type: ignore[arg-type]
            message = "lists of different lengths cannot be added"
            raise TypeError(message)
        return [pooled(places) for places in zip(*parts, strict=True)]  # type: ignore[return-value]
    if isinstance(first, int | float):
        return sum(parts)  # type: ignore[return-value, arg-type]
    message = f"{type(first).__name__} is no count"
    raise TypeError(message)


def _pooled_mappings(parts: Sequence[dict[object, object]]) -> dict[object, object]:
    found: dict[object, list[object]] = {}
    for part in parts:
        for key, value in part.items():
            found.setdefault(key, []).append(value)
    return {key: pooled(values) for key, values in found.items()}
