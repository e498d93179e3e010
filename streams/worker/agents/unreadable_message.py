"""Turns a Kafka message that cannot be read or scored into a dead letter."""

import msgspec
from faust.types import TP

from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from streams.worker.outbox import OutgoingMessage


def unreadable_message(
    tp: TP, offset: int, value: bytes | None, reason: str, *, topic: str, hasher: SubjectHasher
) -> OutgoingMessage:
    """Make the dead letter of a message: where it is and why, never what it says.

    Parameters
    ----------
    tp, offset
        Where the message is.
    value
        The message; None for a tombstone.
    reason
        Why it could not be read.
    topic
        Topic of the dead letters.
    hasher
        Makes the digest that identifies equal messages.
    """
    data = value or b""
    letter = DeadLetter(
        source=tp.topic,
        position=f"partition {tp.partition} offset {offset}",
        reason=reason,
        size_bytes=len(data),
        digest=hasher.digest(data),
    )
    return OutgoingMessage(topic, msgspec.json.encode(letter))
