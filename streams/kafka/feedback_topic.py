"""Encodes and decodes what people say on the feedback topic: verdicts, planned changes, logs."""

from dataclasses import dataclass
from typing import Final

import msgspec

from models.domain.misfit import misfit
from models.domain.partitioner import partition_of
from models.errors import WireFormatError
from models.incidents.activity import ACTIVITY_TYPE, Activity
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


Told = Feedback | PlannedChange | Activity


class _Typed(msgspec.Struct, frozen=True):
    # Verdicts say no type: they were alone on the topic.
    type: str = "verdict"


def encode_feedback(told: Told, partitions: int) -> FeedbackMessage:
    """Encode a message for a topic with a number of partitions; the newest of a key holds."""
    if isinstance(told, PlannedChange):
        key = f"{PLANNED_TYPE}/{told.change_id}"
    elif isinstance(told, Activity):
        key = f"{ACTIVITY_TYPE}/{told.incident_id}/{told.activity_id}"
    else:
        key = told.incident_id
    return FeedbackMessage(
        key=key.encode("utf-8", "surrogatepass"),
        value=msgspec.json.encode(told),
        partition=partition_of(told.tenant, told.principal, partitions),
    )


def decode_feedback(value: bytes) -> Told:
    """Decode the value of one message; who wrote it may not have redacted it.

    Raises
    ------
    WireFormatError
        If it is nothing that people say.

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
        kind = msgspec.json.decode(value, type=_Typed).type
        if kind == PLANNED_TYPE:
            what = "planned change"
            return msgspec.json.decode(value, type=PlannedChange).redacted()
        if kind == ACTIVITY_TYPE:
            what = "activity"
            return msgspec.json.decode(value, type=Activity).redacted()
        return redacted(msgspec.json.decode(value, type=Feedback))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"not a {what}: {misfit(error)}"
        raise WireFormatError(message) from error
