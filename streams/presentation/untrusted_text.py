"""Takes out of a stranger's text whatever hides something or steers a terminal.

Every label, alert, page and line of a terminal shows names through this module. What a receiver
reads as markup, such as `<` in Slack, is escaped where the text is sent to it.
"""

import re
import unicodedata
from hashlib import blake2b
from typing import Final

_READ_CHARACTERS: Final = 4096
_REPLACEMENT: Final = "\ufffd"
# Printable by their category, yet nothing is seen of them: fillers, variation selectors, blanks.
_BLANK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
_HIDDEN_RUN: Final = re.compile(f"{_REPLACEMENT}+")
_SPACE_RUN: Final = re.compile(r" {2,}")
# No script stacks more marks on a letter; piles of them cover the lines around.
_MARKS: Final = 4
_JOINERS: Final = "\u200c\u200d"
# Scripts whose words need joiners: from Arabic to Sinhala, and from Khmer to Mongolian.
_JOINED: Final = (("\u0600", "\u0dff"), ("\u1780", "\u18af"))
_MARK_BYTES: Final = 4
_MARKED: Final = re.compile(r"#[0-9a-f]{8}$")
_MARK_CHARACTERS: Final = 1 + 2 * _MARK_BYTES


def sanitize(text: object, characters: int = 200) -> str:
    r"""Return untrusted text without deceptive characters; a long text loses its middle.

    Characters that are invisible, change the direction of the text or control a terminal become
    one U+FFFD, blanks one space. Joiners stay where a script needs them.

    Examples
    --------
    >>> sanitize("app\u202e-1") == "app\ufffd-1", sanitize("a" * 9, characters=5)
    (True, 'aa…aa')
    >>> sanitize("\x1b[2Jall quiet") == "\ufffd[2Jall quiet"
    True
    """
    cleaned = str(text)[:_READ_CHARACTERS]
    if not (cleaned.isascii() and cleaned.isprintable()):
        cleaned = _HIDDEN_RUN.sub(_REPLACEMENT, _visible(cleaned))
    cleaned = _SPACE_RUN.sub(" ", cleaned).strip(" ")
    if len(cleaned) <= characters:
        return cleaned
    half = (characters - 1) // 2
    return f"{cleaned[:half]}…{cleaned[-half:]}"


def sanitize_name(name: str, characters: int = 200) -> str:
    r"""Return a stranger's name; if something was taken out, a hash of the name follows.

    So two names that look alike remain two labels, two series and two alerts.

    Examples
    --------
    >>> sanitize_name("app-1"), sanitize_name("app\u200b-1")
    ('app-1', 'app�-1#65379a06')
    >>> sanitize_name("app\u200b-1") == sanitize_name("app\u2060-1")
    False
    """
    cleaned = sanitize(name, characters)
    # A name that ends like a marked one, or holds the replacement, could pass for another.
    if cleaned == name and _REPLACEMENT not in name and _MARKED.search(name) is None:
        return name
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_MARK_BYTES).hexdigest()
    return f"{sanitize(name, characters - _MARK_CHARACTERS)}#{digest}"


def _visible(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for place, one in enumerate(text):
        category = unicodedata.category(one)
        marks = marks + 1 if category[0] == "M" else 0
        if marks > _MARKS:
            continue
        if category == "Zs":
            kept.append(" ")
        elif one in _JOINERS and _joins(text, place):
            kept.append(one)
        elif category[0] in "CZ" or _BLANK.match(one):
            kept.append(_REPLACEMENT)
        else:
            kept.append(one)
    return "".join(kept)


def _joins(text: str, place: int) -> bool:
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return len(around) == 2 and all(
        any(first <= one <= last for first, last in _JOINED)
        and unicodedata.category(one)[0] in "LM"
        for one in around
    )
