"""Reads logs in S3 that SQS announces."""

import io
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

from models.domain.dead_letter import DeadLetter
from streams.sources.files.log_file import LogFile
from streams.sources.flow.live_source import Tracked
from streams.sources.flow.offset_tracker import OffsetTracker
from streams.sources.formats.event_parser import EventParser
from streams.sources.formats.s3_notice import S3Object, objects_of
from streams.sources.formats.skipped import Skipped
from streams.sources.queues.s3_places import S3Places
from streams.sources.queues.sqs_queue import SqsQueue

log = logging.getLogger("sellerwatch")

_IN_MEMORY_BYTES: Final = 1 << 25
_COPY_BYTES: Final = 1 << 20
_GONE: Final = frozenset({"NoSuchKey", "404", "NoSuchBucket"})


class S3Source:
    """The objects that an SQS queue announces; a message is deleted when Kafka has its events.

    Credentials, region and endpoint come from the usual AWS configuration. An object that is gone
    becomes a dead letter, and so does a notice that leads out of the places. If an object cannot
    be read now, its message stays in the queue, which delivers it again and, with a redrive
    policy, moves it to a dead-letter queue.

    Parameters
    ----------
    queue_url
        URL of the queue.
    parser
        Turns records into events.
    places
        Where notices may lead.
    wait_seconds
        How long one poll may wait for a message, 0 to 20.

    Raises
    ------
    InputError
        If boto3 is not installed, or the queue cannot be used.
    """

    def __init__(
        self, queue_url: str, parser: EventParser, places: S3Places, *, wait_seconds: int = 0
    ) -> None:
        self._queue = SqsQueue(queue_url, wait_seconds=wait_seconds)
        self._parser = parser
        self._places = places
        import boto3  # noqa: PLC0415  an optional extra, which the queue has asked for

        with self._queue.refusal_named():
            self._store = boto3.client("s3")

    @property
    def is_exhausted(self) -> bool:
        """Whether the queue had no message at the last poll."""
        return self._queue.is_exhausted

    def before_handover(self, flush: Callable[[], None]) -> None:
        """Do nothing: a message belongs to its receiver."""

    def poll(self) -> Iterator[Tracked]:
        """Yield the items of the objects that up to ten messages announce."""
        for message in self._queue.receive():
            tracker = OffsetTracker(0)
            try:
                yield from self._read(message, tracker)
            except self._queue.refusals as error:
                reason = _reason(error)
                log.warning("sqs message %s: %s: it is tried again", message["MessageId"], reason)
                continue
            self._queue.hold(message, tracker)

    def commit(self) -> None:
        """Delete the messages whose events are all acknowledged."""
        self._queue.commit()

    def close(self) -> None:
        """Close the connections."""
        self._queue.close()
        self._store.close()

    def _read(self, message: dict[str, Any], tracker: OffsetTracker) -> Iterator[Tracked]:
        body = message["Body"].encode("utf-8", "replace")
        objects = objects_of(body)
        if objects is None:
            yield self._refused(message, "not a notice of an object in S3"), tracker.add(1)
        elif not objects:
            yield Skipped("object notice", self._queue.url), tracker.add(1)
        elif any(place not in self._places for place in objects):
            reason = "leads to an object outside of sources.s3_places"
            yield self._refused(message, reason), tracker.add(1)
        for place in objects or ():
            if place in self._places:
                yield from self._read_object(place, tracker)

    def _refused(self, message: dict[str, Any], reason: str) -> DeadLetter:
        body, name = message["Body"].encode("utf-8", "replace"), f"message {message['MessageId']}"
        return self._parser.dead_letter(body, self._queue.url, name, reason)

    def _read_object(self, place: S3Object, tracker: OffsetTracker) -> Iterator[Tracked]:
        name = f"s3://{place.bucket}/{place.key}"
        try:
            answer = self._store.get_object(Bucket=place.bucket, Key=place.key)
        except self._store.exceptions.ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _GONE:
                raise
            source = self._parser.source_name(name)
            letter = self._parser.dead_letter(b"", source, "record 1", "the object is gone")
            yield letter, tracker.add(1)
            return
        content = _content(answer)
        log_file = LogFile(name, self._parser, opener=lambda _: content)
        for item, _ in log_file.read():
            yield item, tracker.add(1)


def _reason(error: Exception) -> str:
    """Name what went wrong; the whole text of AWS names the object."""
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code") or type(error).__name__)


def _content(answer: dict[str, Any]) -> io.BufferedReader:
    body = answer["Body"]
    if answer.get("ContentLength", 0) <= _IN_MEMORY_BYTES:
        return io.BufferedReader(io.BytesIO(body.read()))
    file = tempfile.TemporaryFile()
    shutil.copyfileobj(body, file, _COPY_BYTES)
    file.seek(0)
    return cast("io.BufferedReader", file)
