"""Parses the query and ids of a seller API request."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import msgspec

_QUERY_LIMIT: Final = 65_536
_NAMES_SOMEBODY: Final = re.compile(
    r"(order|buyer|customer|recipient|shipment|supplier|vendor|employee|user)_?"
    r"(id|ids|email|name|phone|address)(\.[0-9]+)?|email|phone",
    re.IGNORECASE,
)


def query_of(query: object, path: str) -> Mapping[str, Any]:
    """Return the query as a mapping; the log may have it as an object, a text or in the path.

    A repeated parameter has its values joined with a comma. As much is read as the longest request
    that proxies take, so that nobody hides a parameter behind others.

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
    if not text:
        return {}
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(text[:_QUERY_LIMIT]):
        found.setdefault(name, []).append(value)
    return {name: ",".join(values) for name, values in found.items()}


def body_of(body: object) -> Mapping[str, Any]:
    """Return the body of a request as a mapping, if the log has it: an object or its JSON.

    Examples
    --------
    >>> body_of('{"reportType": "A"}'), body_of("[1]"), body_of(None)
    ({'reportType': 'A'}, {}, {})
    """
    if isinstance(body, str) and len(body) <= _QUERY_LIMIT:
        try:
            body = msgspec.json.decode(body.encode("utf-8", "replace"))
        except (msgspec.DecodeError, RecursionError):
            return {}
    return body if isinstance(body, dict) else {}


def named_subjects(path: str, shape: str, query: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids that a request names in the variable parts of its path and in its query.

    Parameters
    ----------
    path
        Requested path in its plain spelling, of `Catalogue.request`.
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
        if isinstance(name, str) and _NAMES_SOMEBODY.search(name):
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str):
                    yield from (part for part in map(str.strip, text.split(",")) if part)
