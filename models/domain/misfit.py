"""Why a message does not fit its type, without a value of the message."""

import re
from typing import Final

# The texts of msgspec that name fields and types alone; others quote what they read.
_SAFE: Final = re.compile(
    r"(?:Object missing required field `[a-z_]{1,64}`"
    r"|Expected `[a-z |]{1,64}`, got `[a-z]{1,16}`"
    r"|Expected `array` of at least length [0-9]{1,4}, got [0-9]{1,9}"
    r"|Input data was truncated"
    r"|(?:JSON|MessagePack data) is malformed: [a-z ]{1,64}(?: \(byte [0-9]{1,12}\))?)"
    r"(?: - at `\$[a-z_.\[\]0-9]{0,128}`)?",
    re.ASCII,
)


def misfit(error: Exception) -> str:
    """Return the text of a decoder's error where it names fields and types alone.

    Examples
    --------
    >>> misfit(ValueError("Object missing required field `incident_id`"))
    'Object missing required field `incident_id`'
    >>> misfit(ValueError("Invalid enum value 'Jane' - at `$.verdict`"))
    'a value does not fit'
    """
    text = str(error)
    return text if _SAFE.fullmatch(text) else "a value does not fit"
