"""Splits a stream of lines into texts that hold calls."""

from collections.abc import Iterable, Iterator

import msgspec

_BAD_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def call_texts(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield each text with the number of its first line.

    Each line is one text, but JSON may span several lines. Empty lines and lines that begin with
    ``#`` are skipped.

    Examples
    --------
    >>> list(call_texts(["# mine", "GET /a", "{", '"path": "/b"', "}"]))
    [(2, 'GET /a'), (3, '{"path": "/b"}')]
    """
    held: list[str] = []
    start = 0
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if held:
            if held[0][0] == "{" and line[:1] == "{" and _is_json(line):
                # The previous line was truncated; do not lose this one with it.
                yield start, "".join(held)
                held = []
                yield number, line
                continue
            held.append(line)
            if line[:1] in ("}", "]") and _is_json("".join(held)):
                yield start, "".join(held)
                held = []
        elif line.lstrip()[:1] in ("{", "[") and not _is_json(line):
            held, start = [line.lstrip()], number
        elif line.strip() and not line.lstrip().startswith("#"):
            yield number, line
    if held:
        yield start, "".join(held)


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text.encode("utf-8", "replace"))
    except _BAD_JSON:
        return False
    return True
