"""One judgement of the doctor."""

from enum import StrEnum
from typing import Final

import msgspec


class State(StrEnum):
    """How a part of the setup is: `broken` means that reads or pages are lost."""

    OK = "ok"
    ADVICE = "advice"
    BROKEN = "broken"
    UNCHECKED = "unchecked"


class Check(msgspec.Struct, frozen=True):
    """What was looked at, how it is, and the line that mends it.

    Parameters
    ----------
    area
        Part of the setup, such as ``logs``.
    state
        How it is.
    told
        What was found, in a sentence.
    cures
        What to run or to write, a line each; empty if nothing has to be mended.

    Examples
    --------
    >>> Check("kafka", State.BROKEN, "a topic is missing", ("sellerwatch topics create",)).state
    <State.BROKEN: 'broken'>
    """

    area: str
    state: State
    told: str
    cures: tuple[str, ...] = ()


EXIT_BROKEN: Final = 1


def exit_code(checks: list[Check]) -> int:
    """Return 1 if something is broken, else 0: advice is no fault.

    Examples
    --------
    >>> exit_code([Check("logs", State.ADVICE, "old keys")])
    0
    >>> exit_code([Check("kafka", State.BROKEN, "nobody answers")])
    1
    """
    return EXIT_BROKEN if any(check.state is State.BROKEN for check in checks) else 0
