"""The value of a message on the events topic: many events of one partition."""

from collections.abc import Sequence
from typing import Final

import msgspec

from models.domain.access_event import AccessEvent
from models.domain.misfit import misfit
from models.errors import WireFormatError

WIRE_VERSION: Final = 1


class EventBatch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Events packed together, because a message costs far more than an event.

    A Faust agent spends about 130 us on every message, whatever it holds, and about 1 us on
    decoding an event. With 50 to 200 events a message, it reaches hundreds of thousands of
    events a second. JSON arrays decode here within 10 % of MessagePack's time, and any Kafka
    tool can read them.

    Examples
    --------
    >>> encode_batch([])
    b'[1,[]]'
    >>> decode_batch(b'[1,[]]').events
    ()
    """

    version: int
    events: tuple[AccessEvent, ...]


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(EventBatch)


def encode_batch(events: Sequence[AccessEvent]) -> bytes:
    """Encode events as the value of one message."""
    return _ENCODER.encode(EventBatch(WIRE_VERSION, tuple(events)))


def decode_batch(value: bytes) -> EventBatch:
    """Decode the value of one message.

    Raises
    ------
    WireFormatError
        If it is not a batch, or its version cannot be read.
    """
    try:
        batch = _DECODER.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"not a batch of access events: {misfit(error)}"
        raise WireFormatError(message) from error
    if batch.version != WIRE_VERSION:
        message = f"the batch's version is not {WIRE_VERSION}: upgrade the workers first"
        raise WireFormatError(message)
    return batch
