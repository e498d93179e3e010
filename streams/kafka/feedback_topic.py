"""Encodes and decodes verdicts on the feedback topic."""

from dataclasses import dataclass
from typing import Final

import msgspec

from models.domain.misfit import misfit
from models.domain.partitioner import partition_of
from models.errors import WireFormatError
from models.incidents.feedback import Feedback, redacted

# More than the longest names and note take, even if every character is escaped.
_LARGEST_BYTES: Final = 32_768


@dataclass(frozen=True)
class FeedbackMessage:
    """Key, value and partition of one message.

    The partition is that of the principal's events, so that the verdict reaches the detector
    that opened the incident.
    """

    key: bytes
    value: bytes
    partition: int


def encode_feedback(verdict: Feedback, partitions: int) -> FeedbackMessage:
    """Encode a verdict for a topic with a number of partitions."""
    return FeedbackMessage(
        key=verdict.incident_id.encode("utf-8", "surrogatepass"),
        value=msgspec.json.encode(verdict),
        partition=partition_of(verdict.tenant, verdict.principal, partitions),
    )


def decode_feedback(value: bytes) -> Feedback:
    """Decode the value of one message; who wrote it may not have redacted it.

    Raises
    ------
    WireFormatError
        If it is not a verdict.

    Examples
    --------
    >>> decode_feedback(b"{}")
    Traceback (most recent call last):
    ...
    models.errors.WireFormatError: not a verdict: Object missing required field `incident_id`
    """
    if len(value) > _LARGEST_BYTES:
        message = f"not a verdict: larger than {_LARGEST_BYTES} bytes"
        raise WireFormatError(message)
    try:
        return redacted(msgspec.json.decode(value, type=Feedback))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"not a verdict: {misfit(error)}"
        raise WireFormatError(message) from error
