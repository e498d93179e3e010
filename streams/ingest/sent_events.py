"""Recalls what is already on the events topic."""

from typing import Final

from models.domain.event_batch import decode_batch
from models.errors import WireFormatError
from streams.kafka.topic_reader import TopicReader
from streams.settings.settings import Settings
from streams.sources.flow.event_memory import EventMemory

_MESSAGES_A_PARTITION: Final = 1_000


def recall_sent(settings: Settings, memory: EventMemory, *, span_seconds: float = 1800.0) -> int:
    """Read the end of the events topic, so that nothing in it is sent again.

    Only the topic knows for certain what has arrived: a process may be killed after Kafka's
    acknowledgement and before it saves the position.

    Parameters
    ----------
    settings
        Where the cluster is.
    memory
        Receives the events' ids.
    span_seconds
        How far back from the last message to read; at most as many messages as the memory holds.

    Returns
    -------
    int
        How many events were recalled.

    Raises
    ------
    BrokerError
        If the cluster cannot be reached or does not deliver.
    """
    with TopicReader(settings.kafka, settings.topics.events) as reader:
        reader.from_offsets(_ranges(reader, settings, span_seconds))
        return sum(_remember(message.value, memory) for message in reader.until_end())


def _ranges(
    reader: TopicReader, settings: Settings, span_seconds: float
) -> dict[int, tuple[int, int]]:
    """Find what to read of each partition: its last message, and the span before it."""
    bounds = {n: (first, end) for n, (first, end) in reader.bounds().items() if first < end}
    reader.from_offsets({number: (end - 1, end) for number, (_, end) in bounds.items()})
    begins = reader.offsets_at(
        {
            message.partition: message.stamped_milliseconds / 1000 - span_seconds
            for message in reader.until_end()
        }
    )
    events = settings.sources.remembered_events // max(1, len(bounds))
    most = max(_MESSAGES_A_PARTITION, events // settings.packer.batch_events)
    return {
        number: (max(first, end - most, begins.get(number, first)), end)
        for number, (first, end) in bounds.items()
    }


def _remember(value: bytes | None, memory: EventMemory) -> int:
    if value is None:
        return 0
    try:
        events = decode_batch(value).events
    except WireFormatError:
        return 0
    for event in events:
        memory.sight(event)
    return len(events)
