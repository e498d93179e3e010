"""Writes a request's path in its plain spelling, however its caller has spelled it."""

import re
import unicodedata
from typing import Final
from urllib.parse import unquote_to_bytes

from models.tuning.catalogue import REQUEST_PATH_CHARACTERS, REQUEST_PATH_ROUNDS

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:/{2,}[^/]*")
_UNRESERVED: Final = re.compile(
    r"%(2[DEde]|3[0-9]|4[1-9A-Fa-f]|5[0-9AFaf]|6[1-9A-Fa-f]|7[0-9AEae])"
)
# A percent sign that is encoded any number of times.
_NESTED: Final = re.compile(r"%(?:25)+(?=[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})")
_WIDE: Final = re.compile(r"%u([0-9A-Fa-f]{4})")
# An ASCII character in two or three bytes where one is enough: lenient servers read it as such.
_OVERLONG: Final = re.compile(rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80\x81][\x80-\xbf]")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]")
_PART: Final = r"[\w~:=+,@$!*'(){}-]++(?:\.++[\w~:=+,@$!*'(){}-]++)*+"
_CLEAN: Final = re.compile(_PART, re.ASCII)
_CLEAN_PATH: Final = re.compile(rf"/?(?:{_PART}/)*(?:{_PART})?", re.ASCII)
_LARGEST_SURROGATE: Final = 0xDFFF
_SMALLEST_SURROGATE: Final = 0xD800


def is_clean(part: str) -> bool:
    """Whether a segment has one spelling only.

    Examples
    --------
    >>> is_clean("902-1"), is_clean("902%2D1"), is_clean(".."), is_clean("902-1;a=1")
    (True, False, False, False)
    """
    return _CLEAN.fullmatch(part) is not None


def clean_segments(path: str) -> list[str] | None:
    """Return the segments of a path with one spelling only, None of any other.

    Examples
    --------
    >>> clean_segments("/orders/v0/orders?a=b"), clean_segments("/orders//v0")
    (['orders', 'v0', 'orders'], None)
    """
    head = path.partition("?")[0]
    if len(head) > REQUEST_PATH_CHARACTERS or not _CLEAN_PATH.fullmatch(head):
        return None
    return [part for part in head.split("/") if part]


def canonical(path: str) -> list[str]:
    """Return the segments as RFC 3986 compares them: what must stay encoded does so.

    Scheme, host, query, empty segments and path parameters go; dot segments are resolved.

    Examples
    --------
    >>> canonical("https://example.com//orders/v0/./x/../%6Frders;a=1/902%2F1/?b=/c")
    ['orders', 'v0', 'orders', '902%2F1']
    """
    head = re.split("[?#]", path[:REQUEST_PATH_CHARACTERS], maxsplit=1)[0]
    head = _CONTROLS.sub("", _UNRESERVED.sub(lambda found: chr(int(found[1], 16)), head))
    return _segments(head)


def decoded(path: str) -> list[str]:
    """Return the segments as the most lenient server reads them: nothing stays encoded.

    Examples
    --------
    >>> decoded("/orders%252Fv0%5Corders/902%2D1")
    ['orders', 'v0', 'orders', '902-1']
    >>> decoded("/%u006frders/v0%c0%afｏrders")
    ['orders', 'v0', 'orders']
    """
    head = re.split("[?#]", path[:REQUEST_PATH_CHARACTERS], maxsplit=1)[0]
    for _ in range(REQUEST_PATH_ROUNDS):
        before, head = head, _decoded_once(head)
        if head == before:
            break
    return _segments(re.split("[?#]", head, maxsplit=1)[0])


def _decoded_once(text: str) -> str:
    text = _NESTED.sub("%", text)
    if "%" in text:
        text = _WIDE.sub(lambda found: _character(int(found[1], 16)), text)
        raw = _OVERLONG.sub(_short, unquote_to_bytes(text.encode("utf-8", "ignore")))
        text = raw.decode("utf-8", "replace")
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)[:REQUEST_PATH_CHARACTERS]
    return _CONTROLS.sub("", text)


def _character(number: int) -> str:
    return "" if _SMALLEST_SURROGATE <= number <= _LARGEST_SURROGATE else chr(number)


def _short(found: re.Match[bytes]) -> bytes:
    number = 0
    for byte in found[0]:
        number = (number << 6) | (byte & 0x3F)
    return bytes([number & 0x7F])


def _segments(text: str) -> list[str]:
    text = _SCHEME.sub("", text.strip().replace("\\", "/"), count=1)
    parts: list[str] = []
    for raw in text.split("/"):
        part = raw.partition(";")[0].strip()
        if part == "..":
            del parts[-1:]
        elif part := part.rstrip(". "):
            parts.append(part)
    return parts
