"""Mutates real records a million times: no exception may escape, and the sums must match.

    make fuzz

Each record has one of the known shapes (both logs, every envelope, the tables, OCSF), or is small
and would become gigabytes or very deep, with mutated bytes or values. Each must become an event, a
skip or a dead letter, in a process that may have 512 MB. No exception may escape the parser, and
the three must add up to the input records. A file reader gets the same records as lines.
"""

import argparse
import base64
import copy
import gzip
import json
import random
import resource
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.sources.files.read_events import read_events
from streams.sources.flow.tally import Tally
from streams.sources.formats.envelopes import is_bare
from streams.sources.formats.event_parser import EventParser
from streams.sources.formats.skipped import Skipped

BATCH = 20_000
MEMORY_BYTES = 512 * 2**20
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 2**63, 2**200, 1e308, -0.0, "", " ", "\x00", "\ud800", "é" * 40,
    "x" * 2000, "HIDDEN_DUE_TO_SECURITY_REASONS", "jane@example.com", "arn:", "arn:aws:s3:::",
    "2026-13-45", "9999-12-31T23:59:59Z", "01/Jan/2026:00:00:00 +0000", "1e400", "NaN", [], {},
    [[]], [{}], [None], {"a": {"b": {}}}, ["a"] * 50, {"key": "x"}, "{", "[1", "{}", "H4sIAAAA",
)  # fmt: skip
TRAIL: dict[str, Any] = {
    "eventVersion": "1.08", "eventTime": "2026-01-01T00:00:00Z", "eventID": "e-1",
    "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "awsRegion": "eu-central-1",
    "recipientAccountId": "111122223333", "sourceIPAddress": "192.0.2.1", "userAgent": "aws-cli",
    "requestParameters": {"bucketName": "orders", "key": "a.csv", "encryptionContext": {"a": "b"},
                          "requestItems": {"t": {}}, "tableName": "t", "statement": "SELECT"},
    "resources": [{"ARN": "arn:aws:s3:::orders", "type": "AWS::S3::Bucket"}],
    "additionalEventData": {"bytesTransferredOut": 5.0}, "readOnly": "false",
    "errorCode": "AccessDenied", "eventType": "AwsApiCall", "eventCategory": "Data",
    "userIdentity": {"type": "AssumedRole", "accountId": "1", "accessKeyId": "ASIA",
                     "arn": "arn:aws:sts::1:assumed-role/etl/s", "principalId": "A:s",
                     "invokedBy": "AWS Internal", "userName": "u",
                     "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::1:role/etl"}}},
}  # fmt: skip
SELLER: dict[str, Any] = {
    "time": "2026-01-01T00:00:00Z", "request_id": "r-1", "seller_id": "A1", "grant": "lwa",
    "application_id": "app", "user_id": None, "credential_id": "k", "method": "GET",
    "path": "/orders/v0/orders/902-1?x=1", "query": {"AmazonOrderIds": "1,2", "Action": "x"},
    "status": 200, "response_bytes": 9, "records": 1, "record_ids": ["a", 7, 1.5],
    "report_type": "GET_ORDERS", "source_ip": "192.0.2.1", "user_agent": "Bot/1",
}  # fmt: skip
OCSF: dict[str, Any] = {
    "class_uid": 6003, "time": 1767225600000, "metadata": {"uid": "e-2"}, "status_id": 2,
    "cloud": {"account": {"uid": "1"}}, "src_endpoint": {"ip": "192.0.2.1"},
    "api": {"operation": "GetObject", "service": {"name": "s3.amazonaws.com"},
            "request": {"data": "{\"bucketName\": \"orders\"}"}, "response": {"error": None}},
    "actor": {"user": {"type": "IAMUser", "uid": "arn:aws:iam::1:user/a"}, "session": {}},
    "unmapped": [["additionalEventData.bytesTransferredOut", "7"]],
}  # fmt: skip
NGINX = {
    "time_iso8601": "2026-01-01T00:00:00Z", "request_uri": "/prod/orders", "remote_addr": "1.2.3.4",
    "status": "200", "seller_id": "A1", "application_id": "a", "args": "a=b",
}  # fmt: skip
NOTICE = {"Records": [{"eventSource": "aws:s3", "s3": {"bucket": {"name": "b"}, "object": {}}}]}


def shapes() -> list[dict[str, Any]]:
    """Return records, with and without envelopes."""
    text = json.dumps(TRAIL)
    logs = {"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": text}]}
    packed = base64.b64encode(gzip.compress(json.dumps(logs).encode())).decode()
    return [
        SELLER, SELLER, SELLER, TRAIL, TRAIL, TRAIL, OCSF, OCSF, NGINX, NOTICE, logs,
        {"Records": [TRAIL, TRAIL]}, {"Events": [{"CloudTrailEvent": text}]},
        {"detail-type": "AWS API Call via CloudTrail", "detail": TRAIL},
        {"awslogs": {"data": packed}}, {"Records": [{"kinesis": {"data": packed}}]},
        {"records": [{"data": packed}]}, {"Type": "Notification", "Message": text},
        {"Messages": [{"Body": text}]}, {"digestStartTime": "x"}, {"s3ObjectKey": ["a"]},
        {"messageType": "CONTROL_MESSAGE", "logEvents": []}, {"insightDetails": {}},
    ]  # fmt: skip


def hostile_shapes() -> list[dict[str, Any]]:
    """Return records that are small and would become very large or deep."""
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunks = [packer.compress(b",1" * 2**19) for _ in range(42)]
    bomb = b"".join([packer.compress(b'{"logEvents":[1'), *chunks, packer.compress(b"]}")])
    packed = base64.b64encode(bomb + packer.flush()).decode()
    lists = base64.b64encode(gzip.compress(b"[" + b"[]," * 60_000 + b"[]]")).decode()
    return [
        {"awslogs": {"data": packed}}, {"Records": [{"kinesis": {"data": lists}}] * 3},
        {"Message": json.dumps(deep)}, {"Records": [deep, TRAIL]}, {**SELLER, "query": {"a": deep}},
        {**TRAIL, "requestParameters": {"bucketName": deep}}, {"Records": [{}] * 2000},
    ]  # fmt: skip


class Mutator:
    """Mutates shapes at random, in the same way for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._shapes = shapes()
        # Each costs as much as a thousand others.
        self._hostile = hostile_shapes()
        self._names = sorted({name for shape in self._shapes for name in shape})

    def record(self) -> bytes:
        """Return one mutated record without a line break."""
        pick = self._random
        chosen = self._hostile if pick.random() < 0.02 else self._shapes
        value = self._mutated(json.loads(json.dumps(pick.choice(chosen))))
        data = json.dumps(value).encode("utf-8", "surrogatepass")
        if pick.random() < 0.3:
            data = self._damaged(data)
        return data.replace(b"\n", b" ").replace(b"\r", b" ") or b"x"

    def _mutated(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        pick = self._random
        for _ in range(pick.choice((0, 1, 1, 1, 2, 3))):
            target = value
            while isinstance(target, dict) and target:
                name = pick.choice(list(target))
                inner = target[name]
                if isinstance(inner, list) and inner and pick.random() < 0.5:
                    inner = pick.choice(inner)
                if isinstance(inner, dict) and inner and pick.random() < 0.6:
                    target = inner
                    continue
                self._change(target, name)
                break
        return value

    def _change(self, target: dict[str, Any], name: str) -> None:
        pick = self._random
        action = pick.random()
        if action < 0.55:
            target[name] = copy.deepcopy(pick.choice(ODD))
        elif action < 0.75:
            del target[name]
        elif action < 0.85:
            target[name.lower()] = target.pop(name)
        else:
            target[pick.choice(self._names)] = copy.deepcopy(pick.choice(ODD))

    def _damaged(self, data: bytes) -> bytes:
        pick, damaged = self._random, bytearray(data)
        for _ in range(pick.choice((1, 1, 2, 5))):
            place = pick.randrange(len(damaged)) if damaged else 0
            action = pick.random()
            if action < 0.4 and damaged:
                damaged[place] = pick.randrange(256)
            elif action < 0.6:
                del damaged[place : place + pick.randrange(1, 9)]
            elif action < 0.8:
                damaged[place:place] = damaged[place : place + pick.randrange(1, 60)]
            else:
                damaged = damaged[:place]
        return bytes(damaged)


def check_records(mutator: Mutator, parser: EventParser, count: int, tally: Tally) -> None:
    """Parse mutated records one by one; raise if a check fails."""
    for number in range(count):
        record = mutator.record()
        items = parser.parse(record, source="fuzz", position=f"line {number}")
        if not items or not all(isinstance(i, AccessEvent | Skipped | DeadLetter) for i in items):
            raise AssertionError(record)
        if len(items) != 1 and is_bare(_decoded(record)):
            raise AssertionError(record)
        for item in items:
            tally.count(item)


def check_lines(mutator: Mutator, parser: EventParser, count: int) -> None:
    """Read mutated records as the lines of a file; raise unless the sums match."""
    records = [mutator.record() for _ in range(count)]
    expected = Tally()
    for number, record in enumerate(records, 1):
        if not record.isspace():
            for item in parser.parse(record, source="fuzz", position=f"line {number}"):
                expected.count(item)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fuzz.ndjson"
        # A first line without an envelope makes the file line-based.
        path.write_bytes(b'{"digestStartTime": 1}\n' + b"\n".join(records) + b"\n")
        found = Tally()
        for item in read_events([str(path)], parser):
            found.count(item)
    if found.total != expected.total + 1:
        message = f"{found.total} items of {expected.total + 1} records came out of the file"
        raise AssertionError(message)


def _decoded(record: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(record)
    except (ValueError, RecursionError):
        return None


def main() -> int:
    """Fuzz and print the sums."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    mutator, tally = Mutator(chosen.seed), Tally()
    parser = make_parser(Settings(), "auto", b"k" * 32)
    for start in range(0, chosen.records, BATCH):
        check_records(mutator, parser, min(BATCH, chosen.records - start), tally)
        check_lines(mutator, parser, 200)
        print(f"{start + BATCH:,}: {tally}", file=sys.stderr, flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{chosen.records:,} records with seed {chosen.seed}: {tally}; {peak} MiB at most")
    return 0


if __name__ == "__main__":
    sys.exit(main())
