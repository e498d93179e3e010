"""Who sends a request, and what they may do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do: read incidents, or also say what they were.

    Examples
    --------
    >>> Role("viewer") is Role.VIEWER
    True
    """

    VIEWER = "viewer"
    RESPONDER = "responder"


@dataclass(frozen=True)
class Person:
    """Somebody who was let in.

    Examples
    --------
    >>> Person("alice", Role.VIEWER).may_judge
    False
    """

    name: str
    role: Role = Role.RESPONDER

    @property
    def may_see_names(self) -> bool:
        """Whether they may see who the people behind principals are."""
        return self.role is Role.RESPONDER

    @property
    def may_judge(self) -> bool:
        """Whether they may give verdicts."""
        return self.role is Role.RESPONDER
