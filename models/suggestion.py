"""Suggests the known name that is closest to an unknown one."""

import difflib
from collections.abc import Iterable
from typing import Final

_ALIKE: Final = 0.6


def closest(text: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like a text, or None if none is like it.

    Examples
    --------
    >>> closest("GET /order/v0/orders", ["GET /orders/v0/orders", "GET /sales/v1/orderMetrics"])
    'GET /orders/v0/orders'
    >>> closest("GET /health", ["GET /orders/v0/orders"])
    """
    return next(iter(difflib.get_close_matches(text, list(known), n=1, cutoff=_ALIKE)), None)
