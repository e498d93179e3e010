"""Measures JSON from strangers before it is decoded."""

import re
from typing import Final

import msgspec

BAD_JSON: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

_ESCAPE: Final = re.compile(rb"\\.", re.DOTALL)
_TEXT: Final = re.compile(rb'"[^"]*"')
_NO_MARKS: Final = bytes(set(range(256)) - set(b'"[]{}'))
_SQUARE: Final = bytes.maketrans(b"{}", b"[]")
# The heaviest value for its bytes is an object with one key: 184 bytes, 50 more for its parts.
_VALUE_BYTES: Final = 240


def memory_of(data: bytes) -> int:
    """Estimate how many bytes the values of a text take at most.

    Examples
    --------
    >>> memory_of(b'{"a": [1, 2]}')
    733
    """
    values = data.count(b"{") + data.count(b"[") + data.count(b",")
    return values * _VALUE_BYTES + len(data)


def is_deeper(data: bytes, depth: int) -> bool:
    """Whether brackets outside of texts are nested deeper; it takes no recursion.

    Examples
    --------
    >>> is_deeper(b'[[{"a": "]]]["}]]', 3), is_deeper(b"[[[[]]]]", 3)
    (False, True)
    """
    if data.count(b"{") + data.count(b"[") <= depth:
        return False
    marks = _ESCAPE.sub(b"", data) if b"\\" in data else data
    marks = _TEXT.sub(b"", marks.translate(None, _NO_MARKS)).translate(_SQUARE)
    for _ in range(depth):
        # Removes the innermost pairs.
        fewer = marks.replace(b"[]", b"")
        if len(fewer) == len(marks):
            break
        marks = fewer
    return b"[]" in marks or marks.count(b"[") > depth
