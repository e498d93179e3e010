"""Finds the path template that matches a request's path."""

from typing import Any, Final, Generic, TypeVar

from models.tuning.catalogue import (
    ROUTE_TREE_PARTS,
    ROUTE_TREE_SEGMENTS,
)

_Value = TypeVar("_Value")

_ANY: Final = "{"
_LEAF: Final = 0


class RouteTree(Generic[_Value]):
    """Path templates as a tree of segments, one tree for each method.

    A literal segment wins over a parameter. A clean path takes one step for each segment; a
    path with a host, a query or doubled slashes is cleaned first.

    Examples
    --------
    >>> tree: RouteTree[str] = RouteTree()
    >>> tree.add("GET", "/orders/{orderId}", "getOrder")
    >>> tree.find("GET", "/orders/902-1"), tree.find("GET", "/orders/")
    ('getOrder', None)
    >>> tree.find("GET", "https://example.com//orders/902-1/?a=b")
    'getOrder'
    """

    def __init__(self) -> None:
        self._roots: dict[str, dict[Any, Any]] = {}

    def add(self, method: str, template: str, value: _Value) -> None:
        """Add a template; its parameters are written in braces."""
        node = self._roots.setdefault(method, {})
        for part in template.split("/"):
            node = node.setdefault(_ANY if part.startswith(_ANY) else part, {})
        node[_LEAF] = value

    def find(self, method: str, path: str) -> _Value | None:
        """Return the value of the matching template, or None."""
        node = self._roots.get(method)
        if node is None:
            return None
        root = node
        if "?" in path:
            return self._find_slowly(root, path)
        for part in path.split("/"):
            child = node.get(part)
            if child is None:
                child = node.get(_ANY)
                if child is None or not part:
                    return self._find_slowly(root, path)
            node = child
        value: _Value | None = node.get(_LEAF)
        return self._find_slowly(root, path) if value is None else value

    def _find_slowly(self, root: dict[Any, Any], path: str) -> _Value | None:
        parts = ["", *segments(path)]
        value: _Value | None = self._descend(root, parts, 0)
        return value

    def _descend(self, node: dict[Any, Any], parts: list[str], position: int) -> Any:  # noqa: ANN401
        if position == len(parts):
            return node.get(_LEAF)
        for name in (parts[position], _ANY):
            child = node.get(name)
            if child is not None:
                value = self._descend(child, parts, position + 1)
                if value is not None:
                    return value
        return None


def segments(path: str) -> list[str]:
    """Split a path, without its scheme, host, query and empty segments.

    Examples
    --------
    >>> segments("https://sellingpartnerapi-eu.amazon.com/orders/v0/orders?x=/y")
    ['orders', 'v0', 'orders']
    """
    path = path.partition("?")[0].partition("#")[0]
    scheme, mark, rest = path.partition("://")
    if mark and scheme.isalpha():
        path = rest.partition("/")[2]
    parts = path.split("/", ROUTE_TREE_PARTS)
    return [part for part in parts if part][:ROUTE_TREE_SEGMENTS]
