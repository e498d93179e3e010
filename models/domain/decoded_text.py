"""Takes the encodings off a text that somebody else wrote."""

import html
import re
import unicodedata
from typing import Final
from urllib.parse import unquote

# What can hide another character: percent-encoding, HTML entities, escapes of programs and mails.
_CODED: Final = re.compile(r"[%&\\\x00-\x08\x0e-\x1f\x7f]|=40|[\[({]\s*at\s*[\])}]", re.IGNORECASE)
# Control characters, and what stands for bytes that are no text: they only part what belongs
# together.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]+")
_ESCAPE: Final = re.compile(
    r"[%\\]u([0-9a-f]{4})|\\x([0-9a-f]{2})|\\u\{([0-9a-f]{1,6})\}|\\([0-3][0-7]{2})",
    re.IGNORECASE,
)
_AT: Final = re.compile(r"=40|\s*[\[({]\s*at\s*[\])}]\s*", re.IGNORECASE)
_LARGEST: Final = 0x10FFFF
# Rounds of encodings that are taken off, and the length of a text; chosen, not measured.
_ROUNDS: Final = 8
_CHARACTERS: Final = 16_384


def decoded(text: str) -> str | None:
    r"""Decode a text until nothing changes any more; None if it does not come to an end.

    Percent-encoding, HTML entities and the escapes of programs become what they stand for, wide
    and other compatible forms their plain characters (NFKC); invisible and control characters go.

    Examples
    --------
    >>> decoded("jane%2540example.com"), decoded("jane&#64;example.com")
    ('jane@example.com', 'jane@example.com')
    >>> decoded("jane\uff20example.com"), decoded(r"jane\u0040example.com")
    ('jane@example.com', 'jane@example.com')
    >>> decoded("jane\0@exam\ufffdple.com")
    'jane@example.com'
    >>> decoded("%" + "25" * 30 + "40") is None
    True
    """
    if text.isascii() and _CODED.search(text) is None:
        return text
    if len(text) > _CHARACTERS:
        return None
    for _ in range(_ROUNDS):
        before, text = text, _decoded_once(text)
        if text == before:
            return text
    return None


def _decoded_once(text: str) -> str:
    text = _ESCAPE.sub(_character, text)
    text = _AT.sub("@", unquote(html.unescape(text), errors="replace"))
    text = _UNSEEN.sub("", text)
    if text.isascii():
        return text
    # A half of a pair, as in cut texts, is no character.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(
        one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf"
    )


def _character(found: re.Match[str]) -> str:
    number = int(found[4], 8) if found[4] else int(found[1] or found[2] or found[3], 16)
    return chr(number) if number <= _LARGEST else ""
