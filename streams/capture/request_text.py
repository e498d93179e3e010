"""What of a request may be written: its path and query, without secrets and mail addresses."""

import json
import re
from typing import Any, Final
from urllib.parse import unquote_plus

REMOVED: Final = "removed"
_LONGEST: Final = 8_192
_LARGEST_BODY_BYTES: Final = 65_536
_SECRET: Final = re.compile(
    r"token|signature|secret|passw|credential|auth|access_?key|api_?key|cursor", re.IGNORECASE
)
_NAMED_CALLS: Final = ("/reports/", "/tokens/")
# Of a request's body only these, and only where they look as they should.
_REPORT_TYPE: Final = re.compile(r"[A-Z][A-Z0-9_]{2,99}", re.ASCII)
_APPLICATION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[0-9T:.Z+-]{0,25}", re.ASCII)


def path_and_query(target: str) -> tuple[str, str]:
    """Split a target and clean both parts; whoever stands before the path goes.

    Examples
    --------
    >>> path_and_query("https://me:pw@api.example/orders/v0/orders?CreatedAfter=2026-01-01#x")
    ('/orders/v0/orders', 'CreatedAfter=2026-01-01')
    >>> path_and_query("/?Action=ListOrders&AWSAccessKeyId=AK1&Signature=s&Email=a%40b.io")
    ('/', 'Action=ListOrders&AWSAccessKeyId=removed&Signature=removed&Email=removed')
    """
    target = target.partition("#")[0]
    if "://" in target.partition("?")[0]:
        target = "/" + target.partition("://")[2].partition("/")[2]
    path, _, query = target.partition("?")
    parts = "&".join(map(_clean, query[:_LONGEST].split("&")))
    return "/".join(map(_without_address, path[:_LONGEST].split("/"))), parts


def named_in_body(method: str, path: str, body: object) -> dict[str, Any]:
    """Return what a request's body names that the log has a key for; never the body itself.

    Examples
    --------
    >>> named_in_body("POST", "/reports/2021-06-30/reports",
    ...               b'{"reportType": "GET_ORDERS", "dataStartTime": "2026-01-01", "x": "y"}')
    {'report_type': 'GET_ORDERS', 'body': {'dataStartTime': '2026-01-01'}}
    >>> named_in_body("POST", "/messaging/v1/orders/1", b'{"reportType": "GET_ORDERS"}')
    {}
    """
    if method != "POST" or not path.startswith(_NAMED_CALLS) or not isinstance(body, bytes | str):
        return {}
    if len(body) > _LARGEST_BODY_BYTES:
        return {}
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    found: dict[str, Any] = {}
    if (report := _like(_REPORT_TYPE, said.get("reportType"))) is not None:
        found["report_type"] = report
    if (target := _like(_APPLICATION, said.get("targetApplication"))) is not None:
        found["target_application"] = target
    if (since := _like(_DATE, said.get("dataStartTime"))) is not None:
        found["body"] = {"dataStartTime": since}
    return found


def _clean(part: str) -> str:
    name, equals, value = part.partition("=")
    if equals and value and (_SECRET.search(unquote_plus(name)) or _is_address(value)):
        return f"{name}={REMOVED}"
    return _without_address(name) + equals + value


def _without_address(part: str) -> str:
    return REMOVED if _is_address(part) else part


def _is_address(text: str) -> bool:
    for _ in range(3):
        if "@" in text:
            return True
        before, text = text, unquote_plus(text)
        if text == before:
            return False
    # Encoded once more than anybody would.
    return "%" in text or "@" in text


def _like(pattern: re.Pattern[str], value: object) -> str | None:
    return value if isinstance(value, str) and pattern.fullmatch(value) else None
