"""A stranger that copies a whole bucket, in logs too short to know what is usual."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from simulated_week import START, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.data_class import DataClass
from models.domain.redaction import SubjectHasher
from models.incidents.incident import Incident, IncidentKind, Severity
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.files.read_events import read_events
from streams.sources.formats.event_parser import EventParser

ACCOUNT = "111122223333"
COPIED = 1_168
Logged = Callable[[list[dict]], list[dict]]
HOURS = 12


def record(seconds: float, name: str, **fields) -> dict:
    moment = int(START + seconds)
    identity = {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
                "accountId": ACCOUNT, "accessKeyId": f"AKIA{name.upper():0<16}"}  # fmt: skip
    return {
        "eventTime": moment, "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
        "userIdentity": identity, "recipientAccountId": ACCOUNT, "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.20", "userAgent": "[console.amazonaws.com]",
    } | fields  # fmt: skip


def read(seconds: float, name: str, bucket: str, key: str, **fields) -> dict:
    return record(seconds, name, requestParameters={"bucketName": bucket, "key": key}, **fields)


def service(seconds: float, rng: random.Random) -> dict:
    host = rng.choice(["cloudtrail", "config", "guardduty", "elasticloadbalancing"])
    identity = {"type": "AWSService", "invokedBy": f"{host}.amazonaws.com"}
    parameters = {"bucketName": "acme-trail", "key": f"AWSLogs/{rng.random()}.json.gz"}
    return record(seconds, host, userIdentity=identity, requestParameters=parameters,
                  eventName=rng.choice(["PutObject", "GetBucketAcl", "GetObject"]))  # fmt: skip


def laboratory(rng: random.Random) -> list[dict]:
    """Half a day of an account: nine records in ten are AWS's own."""
    records = [service(rng.random() * HOURS * 3600, rng) for _ in range(27_000)]
    users = [f"dev{number}" for number in range(6)]
    for _ in range(1_800):
        name, number = rng.choice(users), rng.randrange(40)
        records.append(read(rng.random() * HOURS * 3600, name, "build-cache", f"{name}/{number}"))
    return records


def sync(rng: random.Random, start: float, agent: str = "[aws-cli/2.15 Python/3.11]") -> list:
    source = {"sourceIPAddress": "203.0.113.77", "userAgent": agent}
    listed = record(start, "helper", eventName="ListObjects", **source,
                    requestParameters={"bucketName": "x7f3a9-0b", "prefix": ""})  # fmt: skip
    copied = [
        read(start + 25 * step / COPIED, "helper", "x7f3a9-0b", f"{rng.random()}.bin", **source)
        for step in range(COPIED)
    ]
    return [listed, *copied]


def with_bytes(records: list[dict]) -> list[dict]:
    """As AWS logs its data events: with the bytes of each read."""
    sent = {"additionalEventData": {"bytesTransferredOut": 1200.0}}
    return [one | (sent if one["eventName"] == "GetObject" else {}) for one in records]


logged = pytest.mark.parametrize("logged", [list, with_bytes], ids=["no bytes", "with bytes"])


def incidents(tmp_path: Path, records: list[dict]) -> dict[str, Incident]:
    log = tmp_path / "trail.ndjson"
    with log.open("w") as out:
        for number, one in enumerate(sorted(records, key=lambda r: r["eventTime"])):
            time = _moment(one["eventTime"])
            event_id = f"00000000-0000-4000-8000-{number:012x}"
            out.write(json.dumps(one | {"eventTime": time, "eventID": event_id}) + "\n")
    parser = EventParser(load_catalogue(), SubjectHasher(b"sixteen bytes of key"))
    detector, found = Detector(DetectorSettings(), {}), []
    for item in read_events([str(log)], parser):
        found += detector.process(item)
    return pages([*found, *detector.finish()])


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@logged
def test_a_sync_of_a_nameless_bucket_is_exactly_one_page(tmp_path: Path, logged: Logged) -> None:
    rng = random.Random(11)
    (page,) = incidents(tmp_path, logged(laboratory(rng) + sync(rng, 8 * 3600))).values()
    assert page.principal.endswith(":user/helper")
    assert page.page_kind is IncidentKind.BULK_READ
    assert page.data_classes == (DataClass.UNCLASSIFIED,)
    assert page.severity is Severity.MEDIUM
    assert "objects for the first time in an hour, the last from x7f3a9-0b" in page.reasons[0].text
    assert page.paged_at is not None
    assert page.paged_at.timestamp() - START < 8 * 3600 + 25


@logged
def test_without_the_sync_nobody_is_paged(tmp_path: Path, logged: Logged) -> None:
    assert incidents(tmp_path, logged(laboratory(random.Random(11)))) == {}


def test_a_product_that_reads_what_it_is_asked_for_is_no_sweep(tmp_path: Path) -> None:
    rng = random.Random(11)
    _, *copied = sync(rng, 8 * 3600, agent="ShopFront/4.2")
    found = incidents(tmp_path, laboratory(rng) + copied)
    reasons = [reason.text for page in found.values() for reason in page.reasons]
    assert not any("the last from" in text for text in reasons)


def client(days: int, rng: random.Random) -> list[dict]:
    """A machine reads 90 objects every second hour, four in five of them known to it."""
    known = [f"files/{number}" for number in range(400)]
    records = []
    for hour in range(0, days * 24, 2):
        for step in range(90):
            if rng.random() < 0.8:
                key = rng.choice(known)
            else:
                key = f"files/{hour}-{step}"
                known.append(key)
            records.append(
                read(hour * 3600 + 20 * step, "sync", "x7f3a9-0b", key, userAgent="rclone/1.66")
            )
    return records


@logged
def test_a_harmless_sync_client_never_pages(tmp_path: Path, logged: Logged) -> None:
    for seed in range(3):
        assert incidents(tmp_path, logged(client(14, random.Random(seed)))) == {}


@logged
def test_who_sweeps_every_night_is_paged_once_and_then_known(
    tmp_path: Path, logged: Logged
) -> None:
    rng = random.Random(3)
    records = [one for night in range(6) for one in sync(rng, night * 86_400 + 7200)]
    assert len(incidents(tmp_path, logged(records))) <= 2
