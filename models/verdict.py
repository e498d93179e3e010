"""What a person thinks of an incident."""

from enum import StrEnum


class Verdict(StrEnum):
    """Whether an incident was what it looked like.

    Examples
    --------
    >>> Verdict("benign") is Verdict.BENIGN
    True
    """

    BENIGN = "benign"
    MALICIOUS = "malicious"
