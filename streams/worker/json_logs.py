"""Logs for machines: one JSON object a line on standard error."""

import json
import logging
import sys
from datetime import UTC, datetime

from streams.presentation.untrusted_text import sanitize

_TEXT_CHARACTERS = 2_000


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON.

    Messages of sellerwatch name topics, partitions, offsets and files, never a value of an
    event. Messages of libraries are cut, and a traceback holds only places in code.

    Examples
    --------
    >>> record = logging.LogRecord("sellerwatch", 30, "", 0, "partition %s", (3,), None)
    >>> json.loads(JsonFormatter().format(record))["message"]
    'partition 3'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _clean(record.getMessage()),
        }
        if record.exc_info is not None and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _clean(message: str) -> str:
    # JSON escapes the ends of lines.
    lines = (sanitize(line, _TEXT_CHARACTERS) for line in message.split("\n"))
    return "\n".join(lines)[:_TEXT_CHARACTERS]


def log_as_json() -> None:
    """Log sellerwatch and its libraries to standard error, one object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("sellerwatch").setLevel(logging.INFO)
