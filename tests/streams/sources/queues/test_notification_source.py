"""Tests of reading the marketplace's notifications, against moto's server."""

from collections.abc import Iterator

import pytest
from aws_account import AwsAccount, aws_account
from seller_notices import order, report

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from models.domain.seller_notice import ORDER_CHANGED, REPORT_FINISHED
from models.errors import InputError
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.formats.event_parser import EventParser
from streams.sources.queues.notification_source import NotificationSource

PARSER = EventParser(load_catalogue(), SubjectHasher(b"sixteen bytes of key"))


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsAccount]:
    with aws_account(monkeypatch) as made:
        yield made


def test_a_message_is_deleted_when_its_event_is_done(account: AwsAccount) -> None:
    account.send(report())
    account.send(order())
    source = NotificationSource(account.url, PARSER)
    first = list(source.poll())
    operations = sorted(item.operation for item, _ in first if isinstance(item, AccessEvent))
    assert operations == [ORDER_CHANGED, REPORT_FINISHED]
    source.commit()
    assert account.waiting() == 2
    again = list(source.poll())
    for _, place in again:
        place.is_done = True
    source.commit()
    assert account.waiting() == 0
    assert list(source.poll()) == []
    assert source.is_exhausted
    source.close()


def test_what_is_no_notification_is_a_dead_letter_and_is_deleted(account: AwsAccount) -> None:
    account.queue.send_message(QueueUrl=account.url, MessageBody="hello")
    source = NotificationSource(account.url, PARSER)
    ((letter, place),) = source.poll()
    assert isinstance(letter, DeadLetter)
    place.is_done = True
    source.commit()
    assert account.waiting() == 0
    source.close()


def test_a_wrong_queue_is_one_line(account: AwsAccount) -> None:
    source = NotificationSource(f"{account.url}-absent", PARSER)
    with pytest.raises(InputError, match="check the queue's URL"):
        list(source.poll())
    source.close()
