"""Tests of reading logs in S3, against moto's server."""

import gzip
import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from models.errors import InputError
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.flow.live_source import Tracked
from streams.sources.formats.event_parser import EventParser
from streams.sources.queues.s3_source import S3Source

HASHER = SubjectHasher(b"sixteen bytes of key")
PARSER = EventParser(load_catalogue(), HASHER)
# What the events' ids were made from.
NAMES = {HASHER.event_id(str(number)): str(number) for number in range(10)}
RECORD = {
    "time": "2026-01-01T00:00:00Z", "seller_id": "A1", "application_id": "a",
    "path": "/orders/v0/orders", "status": 200,
}  # fmt: skip


class Account:
    """A bucket and its notice queue."""

    def __init__(self) -> None:
        self.store, self.queue = boto3.client("s3"), boto3.client("sqs")
        self.store.create_bucket(
            Bucket="logs", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        self.url = self.queue.create_queue(
            QueueName="notices", Attributes={"VisibilityTimeout": "0"}
        )["QueueUrl"]

    def put(self, key: str, *ids: str) -> None:
        records = [RECORD | {"request_id": name} for name in ids]
        body = gzip.compress(json.dumps({"Records": records}).encode())
        self.store.put_object(Bucket="logs", Key=key, Body=body)

    def announce(self, *keys: str, bucket: str = "logs") -> None:
        places = [{"bucket": {"name": bucket}, "object": {"key": key}} for key in keys]
        notice = {"Records": [{"eventSource": "aws:s3", "s3": place} for place in places]}
        self.queue.send_message(QueueUrl=self.url, MessageBody=json.dumps(notice))


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    # moto keeps its accounts in this process, whichever server exposes them.
    reset = Request(f"http://{host}:{port}/moto-api/reset", method="POST")
    urlopen(reset, timeout=5).close()
    made = Account()
    yield made
    made.store.close()
    made.queue.close()
    server.stop()


def ids(tracked: list[Tracked]) -> list[str]:
    return [NAMES[item.event_id] for item, _ in tracked if isinstance(item, AccessEvent)]


def done(tracked: list[Tracked]) -> None:
    for _, place in tracked:
        place.is_done = True


def test_a_message_is_deleted_when_all_its_objects_are_done(account: Account) -> None:
    account.put("a.json.gz", "1", "2")
    account.put("b.json.gz", "3")
    account.announce("a.json.gz", "b.json.gz")
    source = S3Source(account.url, PARSER)
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


def test_what_is_gone_is_a_dead_letter(account: Account) -> None:
    account.announce("gone.json")
    account.queue.send_message(QueueUrl=account.url, MessageBody="hello")
    source = S3Source(account.url, PARSER)
    found = [item for _ in range(2) for item, _ in source.poll()]
    reasons = {item.reason for item in found if isinstance(item, DeadLetter)}
    assert reasons == {"the object is gone", "not a notice of an object in S3"}
    source.close()


def test_what_cannot_be_read_now_stays_in_the_queue(
    account: Account, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.put("a.json.gz", "1")
    account.announce("a.json.gz")
    source = S3Source(account.url, PARSER)
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


def test_a_wrong_queue_is_named(account: Account) -> None:
    source = S3Source(f"{account.url}-none", PARSER)
    with pytest.raises(InputError, match="check the queue's URL"):
        list(source.poll())
    source.close()
