"""Tests of a queue, against moto's server."""

from collections.abc import Iterator

import pytest
from aws_account import AwsAccount, aws_account

from models.errors import InputError
from streams.sources.flow.offset_tracker import OffsetTracker
from streams.sources.queues.sqs_queue import SqsQueue


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsAccount]:
    with aws_account(monkeypatch) as made:
        yield made


def test_only_what_is_settled_is_deleted_also_in_many_batches(account: AwsAccount) -> None:
    for number in range(23):
        account.send({"number": number})
    queue = SqsQueue(account.url)
    pending = []
    held = 0
    while held < 23:
        for message in queue.receive():
            tracker = OffsetTracker(0)
            place = tracker.add(1)
            place.is_done = held > 0
            pending.append(place)
            queue.hold(message, tracker)
            held += 1
    queue.commit()
    assert account.waiting() in range(1, 23)
    queue.close()


def test_a_queue_that_is_not_there_is_one_line(account: AwsAccount) -> None:
    queue = SqsQueue(f"{account.url}-absent")
    with pytest.raises(InputError, match="check the queue's URL") as caught:
        queue.receive()
    assert "\n" not in str(caught.value)
    queue.close()
