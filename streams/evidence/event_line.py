"""One event of a bundle, as a line that a person and any tool can read."""

from datetime import UTC, datetime
from typing import Final

import msgspec

from models.domain.access_event import AccessEvent
from streams.kafka.topic_message import TopicMessage

_ENCODER: Final = msgspec.json.Encoder()


def event_line(event: AccessEvent, message: TopicMessage, *, in_incident: bool) -> bytes:
    """Return an event by the names of its fields, with its place on the topic.

    Hashes are hexadecimal texts: readers of JSON cut numbers of 64 bits.

    Examples
    --------
    >>> from models.domain.access_event import Outcome, PrincipalKind
    >>> event = AccessEvent(
    ...     event_id="r-1", time=0.5, tenant="A1", principal="app-1", service="orders",
    ...     principal_kind=PrincipalKind.APPLICATION, operation="getOrders",
    ...     outcome=Outcome.SUCCESS, subject_ids=(2**63,),
    ... )
    >>> line = event_line(event, TopicMessage(1, 7, 900, None, b""), in_incident=True)
    >>> found = msgspec.json.decode(line)
    >>> found["event"]["subject_ids"], found["event"]["time"], found["offset"]
    (['8000000000000000'], '1970-01-01T00:00:00.500000Z', 7)
    """
    fields = msgspec.structs.asdict(event)
    fields["time"] = _time(event.time)
    fields["subject_ids"] = [f"{subject:016x}" for subject in event.subject_ids]
    fields["content"] = f"{event.content:012x}"
    return _ENCODER.encode(
        {
            "partition": message.partition,
            "offset": message.offset,
            "arrived": _time(message.stamped_milliseconds / 1000),
            "in_incident": in_incident,
            "event": fields,
        }
    )


def _time(seconds: float) -> datetime | float:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        # A log may claim any time.
        return seconds
