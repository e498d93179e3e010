"""Finds personal data in a text by its form: mail addresses, order ids, cards and telephones."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final

_MAIL: Final = re.compile(r"[^\s@<>()/:,;\"'%]+@[^\s@<>()/:,;\"'%]+")
# A marketplace's order ids: three digits, seven, and up to seven.
_ORDER: Final = re.compile(r"(?<![0-9])[0-9]{3}[-_. ]?[0-9]{7}[-_. ][0-9]{1,7}(?![0-9])")
_CARD: Final = re.compile(r"(?<![0-9A-Za-z])[3-6](?:[-_. ]?[0-9]){12,18}(?![0-9A-Za-z])")
# Between letters, too; ids have no such run of digits alone but for one in some thousands.
_PLAIN_CARD: Final = re.compile(r"(?<![0-9])[3-6][0-9]{12,18}(?![0-9])")
_PHONE: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:\+[0-9](?:[-_. ()/]{0,2}[0-9]){6,14}"
    r"|\(?[0-9]{3}\)?[-_. ][0-9]{3}[-_. ][0-9]{4})(?![0-9A-Za-z])"
)
# Runs that may be the Base64 or hexadecimal form of a text.
_PACKED: Final = re.compile(r"[A-Za-z0-9+/_\-]{12,}={0,2}")
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){8,}", re.ASCII)
_SIGNS: Final = re.compile(r"[/_\-]")
_LEAST_UNPACKED: Final = 8
_LEAST_PACKED: Final = 12
_DIGITS: Final = frozenset("0123456789")


def replace_personal(text: str, stand_in: Callable[[str, str], str]) -> str:
    """Replace whatever has the form of personal data.

    Parameters
    ----------
    text
        A decoded text.
    stand_in
        Makes the replacement from a word, such as ``mail``, and what was found.

    Examples
    --------
    >>> replace_personal("of jane@example.com, 902-1845936-5435065", lambda kind, _: kind)
    'of mail, id'
    >>> replace_personal("4111 1111 1111 1111 or +49 1555 010012", lambda kind, _: kind)
    'number or phone'
    >>> replace_personal("arn:aws:iam::111122223333:role/etl", lambda kind, _: kind)
    'arn:aws:iam::111122223333:role/etl'
    """
    if "@" in text:
        text = _MAIL.sub(lambda found: stand_in("mail", found[0]), text)
    if sum(one in _DIGITS for one in text) >= _LEAST_UNPACKED:
        text = _ORDER.sub(lambda found: stand_in("id", found[0]), text)
        for form in (_CARD, _PLAIN_CARD):
            text = form.sub(
                lambda found: stand_in("number", found[0]) if is_card(found[0]) else found[0], text
            )
        text = _PHONE.sub(lambda found: stand_in("phone", found[0]), text)
    return _PACKED.sub(
        lambda found: stand_in("text", found[0]) if _holds_text(found[0]) else found[0], text
    )


def is_card(text: str) -> bool:
    """Whether the digits in a text satisfy the check of card numbers (ISO/IEC 7812-1).

    Examples
    --------
    >>> is_card("4111 1111 1111 1111"), is_card("4111 1111 1111 1112")
    (True, False)
    """
    digits = [int(one) for one in reversed(text) if one in _DIGITS]
    doubled = (sum(divmod(2 * one, 10)) for one in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _holds_text(run: str) -> bool:
    """Whether a run, or a part of it between signs, reads as text once it is unpacked."""
    parts = {run, *run.split("/"), *_SIGNS.split(run)}
    return any(len(part) >= _LEAST_PACKED and _is_packed_text(part) for part in parts)


def _is_packed_text(text: str) -> bool:
    """Whether a run reads as text once it is unpacked; random ids do not."""
    if _HEX.fullmatch(text):
        return _is_text(bytes.fromhex(text))
    body = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return _is_text(base64.b64decode(body + "=" * (-len(body) % 4), validate=True))
    except binascii.Error:
        return False


def _is_text(data: bytes) -> bool:
    if len(data) < _LEAST_UNPACKED:
        return False
    if not all(data[::2]) or not all(data[1::2]):
        # In UTF-16 every second byte of a Latin text is zero.
        data = data.replace(b"\0", b"")
    try:
        return data.decode().isprintable()
    except UnicodeDecodeError:
        return False
