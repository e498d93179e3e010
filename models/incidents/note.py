"""What people write on an incident, without personal data."""

import re
from typing import Final

NOTE_CHARACTERS: Final = 500
_BY_CHARACTERS: Final = 64
_MAIL: Final = re.compile(r"[^\s@<>()\",;]+@[^\s@<>()\",;]+")
# Card, account, phone and order numbers: long runs of digits, in any grouping.
_LONG_NUMBER: Final = re.compile(r"\+?\d(?:[ ./()-]?\d){6,}")
_INVISIBLE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+"
)


def name_of(by: str) -> str:
    """Return who decided, as others may read it: of a mail address, what stands before the @.

    Examples
    --------
    >>> name_of("jane@example.com"), name_of("")
    ('jane', 'unknown')
    """
    return redact_note(by.partition("@")[0])[:_BY_CHARACTERS].strip() or "unknown"


def redact_note(note: str) -> str:
    """Take mail addresses and long numbers out of a note and shorten it.

    A note is meant for reasons. Names stay in it, because nothing tells them from other words.

    Examples
    --------
    >>> redact_note("asked jane@example.com (tel. +49 30 901820), ticket 4711")
    'asked [mail] (tel. [number]), ticket 4711'
    """
    text = note.encode("utf-8", "replace").decode("utf-8")
    text = _INVISIBLE.sub(" ", text[: 4 * NOTE_CHARACTERS])
    text = _LONG_NUMBER.sub("[number]", _MAIL.sub("[mail]", text))
    return text.strip()[:NOTE_CHARACTERS]
