"""Tests of reading logs in S3, against moto's server."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from aws_account import AwsAccount, aws_account

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from models.errors import InputError
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.flow.live_source import Tracked
from streams.sources.formats.event_parser import EventParser
from streams.sources.queues.s3_places import S3Places
from streams.sources.queues.s3_source import S3Source

HASHER = SubjectHasher(b"sixteen bytes of key")
PARSER = EventParser(load_catalogue(), HASHER)
# What the events' ids were made from.
NAMES = {HASHER.event_id(str(number)): str(number) for number in range(10)}
PLACES = S3Places(["logs/"])


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsAccount]:
    with aws_account(monkeypatch) as made:
        yield made


def ids(tracked: list[Tracked]) -> list[str]:
    return [NAMES[item.event_id] for item, _ in tracked if isinstance(item, AccessEvent)]


def done(tracked: list[Tracked]) -> None:
    for _, place in tracked:
        place.is_done = True


def test_a_message_is_deleted_when_all_its_objects_are_done(account: AwsAccount) -> None:
    account.put("a.json.gz", "1", "2")
    account.put("b.json.gz", "3")
    account.announce("a.json.gz", "b.json.gz")
    source = S3Source(account.url, PARSER, PLACES)
    first = list(source.poll())
    assert ids(first) == ["1", "2", "3"]
    done(first[:2])
    source.commit()
    again = list(source.poll())
    assert ids(again) == ["1", "2", "3"]
    done(again)
    source.commit()
    assert list(source.poll()) == []
    assert source.is_exhausted
    source.close()


def test_what_is_gone_is_a_dead_letter(account: AwsAccount) -> None:
    account.announce("gone.json")
    account.queue.send_message(QueueUrl=account.url, MessageBody="hello")
    source = S3Source(account.url, PARSER, PLACES)
    found = [item for _ in range(2) for item, _ in source.poll()]
    reasons = {item.reason for item in found if isinstance(item, DeadLetter)}
    assert reasons == {"the object is gone", "not a notice of an object in S3"}
    source.close()


def test_what_cannot_be_read_now_stays_in_the_queue(
    account: AwsAccount, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.put("a.json.gz", "1")
    account.announce("a.json.gz")
    source = S3Source(account.url, PARSER, PLACES)
    refusal: Any = {"Error": {"Code": "AccessDenied", "Message": "no"}}

    def refuse(**_: object) -> None:
        raise source._store.exceptions.ClientError(refusal, "GetObject")

    with monkeypatch.context() as patched, caplog.at_level(logging.WARNING, "sellerwatch"):
        patched.setattr(source._store, "get_object", refuse)
        assert list(source.poll()) == []
        source.commit()
    assert "it is tried again" in caplog.text
    assert ids(list(source.poll())) == ["1"]
    source.close()


def test_a_wrong_queue_is_named(account: AwsAccount) -> None:
    source = S3Source(f"{account.url}-none", PARSER, PLACES)
    with pytest.raises(InputError, match="check the queue's URL"):
        list(source.poll())
    source.close()
