"""Puts strangers' names into commands that somebody pastes into a shell."""

import re
import shlex
from typing import Final

from streams.presentation.untrusted_text import sanitize_name

_LONGEST: Final = 500
# A program reads a dash at the start of a word as an option, and zsh reads =x as a command's path.
_MEANT: Final = ("-", "=")
# The AWS command line reads the file or the address that such a value names.
_LOADED: Final = re.compile(r"(?:fileb?|https?)://", re.IGNORECASE)


def shell_option(name: str, value: str) -> str | None:
    """Return an option with its value as one word of a shell, or None if it cannot be copied.

    The value is joined with ``=``, so that one that begins with a dash is no option. Characters
    that hide, end a line or steer a terminal do not survive the way through a page and a
    clipboard: whoever needs such a name has to type it.

    Examples
    --------
    >>> shell_option("--user-name", "etl")
    '--user-name=etl'
    >>> print(shell_option("--user-name", "-x; rm -rf ~ 'y'"))
    '--user-name=-x; rm -rf ~ '"'"'y'"'"''
    >>> shell_option("--user-name", "etl\u200b"), shell_option("--note", "file:///etc/passwd")
    (None, None)
    """
    return shlex.quote(f"{name}={value}") if _survives(value) else None


def shell_word(value: str) -> str | None:
    r"""Return a value as one word of a shell, or None if it cannot be copied as it is.

    Examples
    --------
    >>> shell_word("$(reboot)"), shell_word("a\nb"), shell_word("--help")
    ("'$(reboot)'", None, None)
    """
    if value.startswith(_MEANT) or not _survives(value):
        return None
    return shlex.quote(value)


def _survives(value: str) -> bool:
    is_whole = sanitize_name(value, _LONGEST) == value
    return value != "" and is_whole and _LOADED.match(value) is None
