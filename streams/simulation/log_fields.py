"""What a log does not say."""

from typing import Any, Final

# CloudTrail's name of what the seller API's log calls so.
_CLOUD: Final = {
    "response_bytes": "additionalEventData",
    "user_agent": "userAgent",
    "record_ids": "resources",
}


def hide(record: dict[str, Any], hidden: frozenset[str]) -> None:
    """Take fields out of a record; they have the names of the seller API's log.

    Examples
    --------
    >>> record = {"path": "/", "records": 3}
    >>> hide(record, frozenset({"records", "record_ids"}))
    >>> record
    {'path': '/'}
    """
    for name in hidden:
        record.pop(name, None)
        if name in _CLOUD:
            record.pop(_CLOUD[name], None)
    if "record_ids" in hidden and isinstance(record.get("requestParameters"), dict):
        record["requestParameters"].pop("key", None)
