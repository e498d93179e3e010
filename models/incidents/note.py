"""What people write on an incident, without personal data."""

import re
from typing import Final

from models.domain.decoded_text import decoded
from models.domain.personal_text import replace_personal

NOTE_CHARACTERS: Final = 500
_BY_CHARACTERS: Final = 64
_MAIL: Final = re.compile(r"[^\s@<>()\",;]+@[^\s@<>()\",;]+")
# Card, account, phone and order numbers: long runs of digits, in any grouping.
_LONG_NUMBER: Final = re.compile(r"\+?\d(?:[ ./()-]?\d){6,}")
_MARK: Final = re.compile(r"\[[a-z]+\]")
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
    text = note.encode("utf-8", "replace").decode("utf-8")[: 4 * NOTE_CHARACTERS]
    plain = decoded(text)
    if plain is None:
        return "[text]"
    cleaned = _cleaned(plain)
    # People write signs of encodings, too: where these hide nothing, they stay.
    if _MARK.search(cleaned) is None:
        cleaned = _cleaned(text)
    return cleaned.strip()[:NOTE_CHARACTERS]


def _cleaned(text: str) -> str:
    text = _MAIL.sub("[mail]", _INVISIBLE.sub(" ", text))
    return replace_personal(_LONG_NUMBER.sub("[number]", text), lambda kind, _: f"[{kind}]")
