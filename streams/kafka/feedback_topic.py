"""Where a verdict goes on the feedback topic, and how it looks there."""

from dataclasses import dataclass

import msgspec

from models.domain.misfit import misfit
from models.domain.partitioner import partition_of
from models.errors import WireFormatError
from models.incidents.feedback import Feedback


@dataclass(frozen=True)
class FeedbackMessage:
    """Key, value and partition of one message.

    The partition is that of the principal's events, so that the detector that opened the
    incident reads the verdict.
    """

    key: bytes
    value: bytes
    partition: int


def encode_feedback(verdict: Feedback, partitions: int) -> FeedbackMessage:
    """Encode a verdict for a topic with so many partitions."""
    return FeedbackMessage(
        key=verdict.incident_id.encode("utf-8", "surrogatepass"),
        value=msgspec.json.encode(verdict),
        partition=partition_of(verdict.tenant, verdict.principal, partitions),
    )


def decode_feedback(value: bytes) -> Feedback:
    """Decode the value of one message.

    Raises
    ------
    WireFormatError
        If it is no verdict.

    Examples
    --------
    >>> decode_feedback(b"{}")
    Traceback (most recent call last):
    ...
    models.errors.WireFormatError: not a verdict: Object missing required field `incident_id`
    """
    try:
        return msgspec.json.decode(value, type=Feedback)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"not a verdict: {misfit(error)}"
        raise WireFormatError(message) from error
