"""A call to the seller API that is under way."""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

# No answer came; above every status that a server sends.
NO_ANSWER: Final = 599
_LONGEST_ID: Final = 128
_REQUEST_ID: Final = "x-amzn-requestid"


class CapturedCall:
    """Counts the bytes of an answer and writes one line when it has been read.

    Parameters
    ----------
    record
        What the request says, by the keys of the seller API's access log.
    write
        Takes the finished record.
    """

    def __init__(self, record: dict[str, Any], write: Callable[[dict[str, Any]], None]) -> None:
        self._record, self._write = record, write
        self._bytes: int | None = None
        self._finished = False

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Note the head of the answer."""
        self._record["status"] = status
        named = headers.get(_REQUEST_ID) or ""
        if named.isprintable() and 0 < len(named) <= _LONGEST_ID:
            self._record["request_id"] = named

    def count(self, size: int) -> None:
        """Count bytes of the body."""
        self._bytes = (self._bytes or 0) + size

    def finish(self, error: str | None = None) -> None:
        """Write the line, once; a call without an answer has status 599."""
        if self._finished:
            return
        self._finished = True
        self._record.setdefault("status", NO_ANSWER)
        self._record.setdefault("request_id", uuid.uuid4().hex)
        if self._bytes is not None:
            self._record["response_bytes"] = self._bytes
        if error is not None:
            self._record["error"] = error
        self._write(self._record)


def time_text(seconds: float) -> str:
    """Write a time as the access log has it.

    Examples
    --------
    >>> time_text(1767254400.25)
    '2026-01-01T08:00:00.250Z'
    """
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
