"""Encodes and decodes what people say on the feedback topic: verdicts and planned changes."""

from dataclasses import dataclass
from typing import Final

import msgspec

from models.domain.misfit import misfit
from models.domain.partitioner import partition_of
from models.errors import WireFormatError
from models.incidents.feedback import Feedback, redacted
from models.incidents.planned_change import PLANNED_TYPE, PlannedChange

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


class _Typed(msgspec.Struct, frozen=True):
    # Verdicts say no type: they were alone on the topic.
    type: str = "verdict"


def encode_feedback(told: Feedback | PlannedChange, partitions: int) -> FeedbackMessage:
    """Encode a verdict or a planned change for a topic with a number of partitions."""
    if isinstance(told, PlannedChange):
        key = f"{PLANNED_TYPE}/{told.change_id}"
    else:
        key = told.incident_id
    return FeedbackMessage(
        key=key.encode("utf-8", "surrogatepass"),
        value=msgspec.json.encode(told),
        partition=partition_of(told.tenant, told.principal, partitions),
    )


def decode_feedback(value: bytes) -> Feedback | PlannedChange:
    """Decode the value of one message; who wrote it may not have redacted it.

    Raises
    ------
    WireFormatError
        If it is neither a verdict nor a planned change.

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
    what = "verdict"
    try:
        if msgspec.json.decode(value, type=_Typed).type == PLANNED_TYPE:
            what = "planned change"
            return msgspec.json.decode(value, type=PlannedChange).redacted()
        return redacted(msgspec.json.decode(value, type=Feedback))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"not a {what}: {misfit(error)}"
        raise WireFormatError(message) from error
