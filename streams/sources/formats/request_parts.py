"""Parses the query and ids of a seller API request."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

_QUERY_LIMIT: Final = 16_384
_NAMES_SOMEBODY: Final = re.compile(
    r"(order|buyer|customer|recipient|shipment|supplier|vendor|employee|user)_?"
    r"(id|ids|email|name|phone|address)(\.[0-9]+)?|email|phone",
    re.IGNORECASE,
)


def query_of(query: object, path: str) -> Mapping[str, Any]:
    """Return the query as a mapping; the log may have it as an object, a text or in the path.

    A repeated parameter has its values joined with a comma.

    Examples
    --------
    >>> query_of(None, "/?Action=ListOrders&a=1&a=2")
    {'Action': 'ListOrders', 'a': '1,2'}
    """
    if isinstance(query, dict) and query:
        return query
    text = query.removeprefix("?") if isinstance(query, str) else ""
    if not text:
        text = path.partition("?")[2]
    if not text or len(text) > _QUERY_LIMIT:
        return {}
    try:
        pairs = parse_qsl(text, max_num_fields=200)
    except ValueError:
        return {}
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def named_subjects(path: str, shape: str, query: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids that a request names in the variable parts of its path and in its query.

    Parameters
    ----------
    path
        Requested path.
    shape
        The path with ``{}`` for each part that varies.
    query
        Parameters of the request.

    Examples
    --------
    >>> path, shape = "/orders/v0/orders/902-1", "/orders/v0/orders/{}"
    >>> list(named_subjects(path, shape, {"BuyerEmail": "a,b", "page": "2"}))
    ['902-1', 'a', 'b']
    """
    if "{}" in shape:
        parts = path.partition("?")[0].strip("/").split("/")
        wanted = shape.strip("/").split("/")
        for part, kind in zip(parts, wanted, strict=False):
            if kind == "{}" and part:
                yield unquote(part)
    for name, value in query.items():
        if isinstance(name, str) and isinstance(value, str) and _NAMES_SOMEBODY.search(name):
            yield from (part for part in value.split(",") if part)
