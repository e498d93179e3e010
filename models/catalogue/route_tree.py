"""Finds the path template that matches a request's path."""

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from models.catalogue.request_path import canonical, clean_segments, decoded, is_clean
from models.tuning.catalogue import ROUTE_TREE_SEGMENTS

_Value = TypeVar("_Value")

_ANY: Final = "{"
_LEAF: Final = 0
# Marks a node with a literal beside a parameter: the literal may be spelled in another case.
_FORK: Final = 1


class RouteTree(Generic[_Value]):
    """Path templates as a tree of segments, one tree for each method.

    A literal segment goes before a parameter. A clean path costs one step a segment. Any other is
    read as RFC 3986 compares paths and as the most lenient server does, then without regard to
    case. Where these readings differ, the graver one counts.

    Parameters
    ----------
    rank
        How grave a value is, the smallest number first.

    Examples
    --------
    >>> tree: RouteTree[str] = RouteTree()
    >>> tree.add("GET", "/orders/{orderId}", "getOrder")
    >>> tree.find("GET", "/orders/902-1")[0], tree.find("GET", "/orders/")[0]
    ('getOrder', None)
    >>> tree.find("GET", "https://example.com//%6Frders/902-1/?a=b")
    ('getOrder', '/orders/902-1')
    """

    def __init__(self, rank: Callable[[_Value], int] = lambda _: 0) -> None:
        self._rank = rank
        self._roots: dict[str, dict[Any, Any]] = {}
        self._folded: dict[str, dict[Any, Any]] = {}

    def add(self, method: str, template: str, value: _Value) -> None:
        """Add a template; its parameters are written in braces."""
        parts = template.split("/")
        exact = self._roots.setdefault(method, {})
        folded = self._folded.setdefault(method, {})
        for part in parts:
            name = _ANY if part.startswith(_ANY) else part
            parent, exact = exact, exact.setdefault(name, {})
            if _ANY in parent and sum(isinstance(key, str) for key in parent) > 1:
                parent[_FORK] = True
            folded = folded.setdefault(name.lower(), {})
        exact[_LEAF] = folded[_LEAF] = (value, parts)

    def find(self, method: str, path: str) -> tuple[_Value | None, str]:
        """Return the value of the template that fits, or None, and the path in plain spelling."""
        node = self._roots.get(method)
        if node is None:
            return None, "/" + "/".join(decoded(path))
        for part in path.split("/"):
            child = node.get(part)
            if child is None:
                child = node.get(_ANY)
                # Most ids are letters, digits and hyphens: asking that is cheap.
                if (
                    child is None
                    or not ((part.isascii() and part.replace("-", "").isalnum()) or is_clean(part))
                    or _FORK in node
                ):
                    return self._find_slowly(method, path)
            node = child
        leaf = node.get(_LEAF)
        return self._find_slowly(method, path) if leaf is None else (leaf[0], path)

    def _find_slowly(self, method: str, path: str) -> tuple[_Value | None, str]:
        clean = clean_segments(path)
        if clean is not None:
            head, mark, _ = path.partition("?")
            return self.find(method, head) if mark else self._find_parts(method, clean)
        lenient = decoded(path)
        strict = canonical(path)
        best = self._find_parts(method, lenient)
        if strict != lenient:
            other = self._find_parts(method, strict)
            if other[0] is not None and (
                best[0] is None or self._rank(other[0]) < self._rank(best[0])
            ):
                return other
        return best

    def _find_parts(self, method: str, parts: list[str]) -> tuple[_Value | None, str]:
        whole = ["", *parts]
        leaf = None
        if len(parts) <= ROUTE_TREE_SEGMENTS:
            leaf = _descend(self._folded[method], [part.lower() for part in whole], 0)
        if leaf is None:
            return None, "/".join(whole) or "/"
        exact = _descend(self._roots[method], whole, 0)
        if exact is not None and self._rank(exact[0]) < self._rank(leaf[0]):
            leaf = exact
        value, template = leaf
        plain = (
            part if literal.startswith(_ANY) else literal
            for part, literal in zip(whole, template, strict=True)
        )
        return value, "/".join(plain)


def _descend(node: dict[Any, Any], parts: list[str], position: int) -> Any:  # noqa: ANN401
    if position == len(parts):
        return node.get(_LEAF)
    for name in (parts[position], _ANY):
        child = node.get(name)
        if child is not None:
            leaf = _descend(child, parts, position + 1)
            if leaf is not None:
                return leaf
    return None
