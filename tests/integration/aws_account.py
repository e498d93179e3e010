"""A bucket and the queue that announces its objects, in moto's server."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

RECORD = {
    "time": "2026-01-01T00:00:00Z", "seller_id": "A1", "application_id": "a",
    "path": "/orders/v0/orders", "status": 200,
}  # fmt: skip


class AwsAccount:
    """Buckets and the queue of their notices; the first bucket is `logs`."""

    def __init__(self) -> None:
        self.store, self.queue = boto3.client("s3"), boto3.client("sqs")
        self.add_bucket("logs")
        self.url = self.queue.create_queue(
            QueueName="notices", Attributes={"VisibilityTimeout": "0"}
        )["QueueUrl"]

    def add_bucket(self, name: str) -> None:
        self.store.create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )

    def put(self, key: str, *ids: str, bucket: str = "logs") -> None:
        records = [RECORD | {"request_id": name} for name in ids]
        body = gzip.compress(json.dumps({"Records": records}).encode())
        self.store.put_object(Bucket=bucket, Key=key, Body=body)

    def announce(self, *keys: str, bucket: str = "logs") -> None:
        places = [{"bucket": {"name": bucket}, "object": {"key": key}} for key in keys]
        self.send({"Records": [{"eventSource": "aws:s3", "s3": place} for place in places]})

    def send(self, notice: Any) -> None:
        self.queue.send_message(QueueUrl=self.url, MessageBody=json.dumps(notice))

    def waiting(self) -> int:
        """How many messages the queue still holds."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.queue.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        return sum(int(number) for number in found["Attributes"].values())


@contextmanager
def aws_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsAccount]:
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
    made = AwsAccount()
    yield made
    made.store.close()
    made.queue.close()
    server.stop()
