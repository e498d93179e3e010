"""An SQS queue whose messages are deleted when everything in them is acknowledged."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from models.errors import InputError
from streams.sources.flow.offset_tracker import OffsetTracker

_MESSAGES_A_POLL: Final = 10


class SqsQueue:
    """Receives messages, and deletes those that are done.

    Credentials, region and endpoint come from the usual AWS configuration.

    Parameters
    ----------
    url
        URL of the queue.
    wait_seconds
        How long one poll may wait for a message, 0 to 20.

    Raises
    ------
    InputError
        Here and in the methods, if boto3 is not installed, or the queue cannot be used.
    """

    def __init__(self, url: str, *, wait_seconds: int = 0) -> None:
        self.url = url
        self._wait_seconds = wait_seconds
        self._is_exhausted = False
        self._messages: list[tuple[str, OffsetTracker]] = []
        try:
            import boto3  # noqa: PLC0415  an optional extra
            from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
        except ImportError as error:
            message = f"sqs:{url}: boto3 is missing: pip install 'sellerwatch[aws]'"
            raise InputError(message) from error
        self.refusals = (BotoCoreError, ClientError)
        with self.refusal_named():
            self._client = boto3.client("sqs")

    @property
    def is_exhausted(self) -> bool:
        """Whether the queue had no message at the last poll."""
        return self._is_exhausted

    def receive(self) -> list[dict[str, Any]]:
        """Return up to ten messages."""
        with self.refusal_named():
            answer = self._client.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=_MESSAGES_A_POLL,
                WaitTimeSeconds=self._wait_seconds,
            )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        self._is_exhausted = not messages
        return messages

    def hold(self, message: dict[str, Any], tracker: OffsetTracker) -> None:
        """Delete a message at a later `commit`, once everything that is tracked is done."""
        self._messages.append((message["ReceiptHandle"], tracker))

    def commit(self) -> None:
        """Delete the messages whose events are all acknowledged."""
        done = [receipt for receipt, tracker in self._messages if tracker.is_settled]
        self._messages = [entry for entry in self._messages if not entry[1].is_settled]
        for start in range(0, len(done), _MESSAGES_A_POLL):
            batch = done[start : start + _MESSAGES_A_POLL]
            with self.refusal_named():
                self._client.delete_message_batch(
                    QueueUrl=self.url,
                    Entries=[
                        {"Id": str(number), "ReceiptHandle": receipt}
                        for number, receipt in enumerate(batch)
                    ],
                )

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    @contextmanager
    def refusal_named(self) -> Iterator[None]:
        """Turn AWS's errors into one line."""
        try:
            yield
        except self.refusals as error:
            message = (
                f"sqs:{self.url}: {' '.join(str(error).split())[:300]}: "
                "check the queue's URL, the region and the credentials"
            )
            raise InputError(message) from error
