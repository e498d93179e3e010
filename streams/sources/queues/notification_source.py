"""Reads the marketplace's notifications from the seller's own SQS queue."""

from collections.abc import Callable, Iterator

from streams.sources.flow.live_source import Tracked
from streams.sources.flow.offset_tracker import OffsetTracker
from streams.sources.formats.event_parser import EventParser
from streams.sources.queues.sqs_queue import SqsQueue


class NotificationSource:
    """Each message is a notification; it is deleted when Kafka has its event.

    Parameters
    ----------
    queue_url
        URL of the queue.
    parser
        Turns notifications into events.
    wait_seconds
        How long one poll may wait for a message, 0 to 20.

    Raises
    ------
    InputError
        If boto3 is not installed, or the queue cannot be used.
    """

    def __init__(self, queue_url: str, parser: EventParser, *, wait_seconds: int = 0) -> None:
        self._parser = parser
        self._queue = SqsQueue(queue_url, wait_seconds=wait_seconds)

    @property
    def is_exhausted(self) -> bool:
        """Whether the queue had no message at the last poll."""
        return self._queue.is_exhausted

    def before_handover(self, flush: Callable[[], None]) -> None:
        """Do nothing: a message belongs to its receiver."""

    def poll(self) -> Iterator[Tracked]:
        """Yield what up to ten messages say."""
        for message in self._queue.receive():
            tracker = OffsetTracker(0)
            body = message["Body"].encode("utf-8", "replace")
            place = f"message {message['MessageId']}"
            for item in self._parser.parse(body, source=self._queue.url, position=place):
                yield item, tracker.add(1)
            self._queue.hold(message, tracker)

    def commit(self) -> None:
        """Delete the messages whose events are all acknowledged."""
        self._queue.commit()

    def close(self) -> None:
        """Close the connection."""
        self._queue.close()
