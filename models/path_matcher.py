"""Finds the template that a path was made from."""

import re
from typing import Final, NamedTuple

from models.operation import Operation

_VERSION: Final = re.compile(r"v\d{1,3}|\d{4}-\d{2}-\d{2}")
_WORD: Final = re.compile(r"[A-Za-z]{1,40}")
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class PathMatch(NamedTuple):
    """An operation and the values of its path's parameters, by name."""

    operation: Operation
    parameters: tuple[tuple[str, str], ...]


class _Node:
    __slots__ = ("literals", "operations", "parameter")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.operations: dict[str, tuple[Operation, tuple[str, ...]]] = {}


class PathMatcher:
    """A tree of path segments; a literal segment beats a parameter.

    Examples
    --------
    >>> matcher = PathMatcher()
    >>> matcher.add("GET", "/orders/v0/orders/{orderId}", Operation(name="getOrder", service="o"))
    >>> matcher.match("GET", "/orders/v0/orders/1-2").parameters
    (('orderId', '1-2'),)
    >>> matcher.template("GET", "/orders/v0/buyers/Jane")
    'GET /orders/v0/{}/{}'
    """

    def __init__(self) -> None:
        self._root = _Node()
        self._words: set[str] = set()

    def add(self, method: str, template: str, operation: Operation) -> None:
        """Add an operation under its method and path template."""
        node, names = self._root, []
        for segment in template.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment.strip("{}"))
                if node.parameter is None:
                    node.parameter = _Node()
                node = node.parameter
            else:
                self._words.add(segment)
                node = node.literals.setdefault(segment, _Node())
        node.operations[method] = operation, tuple(names)

    def match(self, method: str, path: str) -> PathMatch | None:
        """Return the operation that a path belongs to, or None."""
        return self._walk(self._root, path.strip("/").split("/"), 0, (), method)

    def template(self, method: str, path: str) -> str:
        """Return method and path with all that is not known to be a fixed word blanked."""
        verb = method if method in _METHODS else "OTHER"
        segments = path.strip("/").split("/")[:12]
        kept = [self._kept(segment, index == 0) for index, segment in enumerate(segments)]
        return f"{verb} /{'/'.join(kept)}"

    def _kept(self, segment: str, first: bool) -> str:
        known = segment in self._words or _VERSION.fullmatch(segment) is not None
        return segment if known or (first and _WORD.fullmatch(segment)) else "{}"

    def _walk(
        self, node: _Node, segments: list[str], index: int, values: tuple[str, ...], method: str
    ) -> PathMatch | None:
        if index == len(segments):
            found = node.operations.get(method)
            return None if found is None else PathMatch(found[0], tuple(zip(found[1], values)))
        segment = segments[index]
        child = node.literals.get(segment)
        if child is not None:
            match = self._walk(child, segments, index + 1, values, method)
            if match is not None:
                return match
        if node.parameter is None or not segment:
            return None
        return self._walk(node.parameter, segments, index + 1, (*values, segment), method)
