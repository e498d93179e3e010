"""Whoever may write to the queue chooses bucket and key; only named folders are read."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from aws_account import AwsAccount, aws_account
from typer.testing import CliRunner

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from models.errors import SettingsError
from streams.catalogue.catalogue_files import load_catalogue
from streams.cli import build_cli
from streams.sources.formats.event_parser import EventParser, Parsed
from streams.sources.queues.s3_places import S3Places
from streams.sources.queues.s3_source import S3Source

PARSER = EventParser(load_catalogue(), SubjectHasher(b"sixteen bytes of key"))
PLACES = S3Places(["logs/AWSLogs/"])
# Keys that exist in the bucket, outside of the folder or spelled around it.
ELSEWHERE = [
    "payroll.json.gz",
    "AWSLogs",
    "AWSLogsEvil/a.json.gz",
    "awslogs/a.json.gz",
    "/AWSLogs/a.json.gz",
    "./AWSLogs/a.json.gz",
    "x/../AWSLogs/a.json.gz",
    "AWSLogs/../payroll.json.gz",
    "AWSLogs/./../payroll.json.gz",
    "AWSLogs/a/../../payroll.json.gz",
    "AWSLogs/..",
    "AWSLogs/%2e%2e/payroll.json.gz",
    "AWSLogs/%252E%252E/payroll.json.gz",
    "AWSLogs/..%2Fpayroll.json.gz",
    "AWSLogs/..\\payroll.json.gz",
    "AWSLogs/&#46;&#46;/payroll.json.gz",
    "AWSLogs/\u2025/payroll.json.gz",
    "AWSLogs/.\u200b./payroll.json.gz",
    "AWSLogs/%25" + "25" * 40 + "2e/payroll.json.gz",
    "AWSLogs%2Fa.json.gz",
    "AWSLogs%2F..%2Fpayroll.json.gz",
    "\uff21WSLogs/a.json.gz",
    "AWSLogs\\a.json.gz",
    " AWSLogs/a.json.gz",
]
BUCKETS = ["payroll", "LOGS", "logs/", "logs.evil", "log", "arn:aws:s3:::logs", "logs/AWSLogs"]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsAccount]:
    with aws_account(monkeypatch) as made:
        yield made


def read(account: AwsAccount, places: S3Places = PLACES) -> tuple[list[Parsed], list[str]]:
    """Read the queue until it is empty; return the items, and what was asked of S3."""
    source = S3Source(account.url, PARSER, places)
    asked: list[str] = []
    source._store.meta.events.register(
        "before-parameter-build.s3",
        lambda params, **_: asked.append(f"{params['Bucket']}/{params['Key']}"),
    )
    found: list[Parsed] = []
    for _ in range(3):
        for item, place in source.poll():
            found.append(item)
            place.is_done = True
        source.commit()
    source.close()
    return found, asked


def reasons(found: list[Parsed]) -> list[str]:
    assert all(isinstance(item, DeadLetter) for item in found), found
    return [item.reason for item in found if isinstance(item, DeadLetter)]


OUTSIDE = "leads to an object outside of sources.s3_places"


def test_what_is_named_is_read(account: AwsAccount) -> None:
    account.put("AWSLogs/a b.json.gz", "1")
    account.announce("AWSLogs/a+b.json.gz")
    found, asked = read(account)
    assert [type(item) for item in found] == [AccessEvent]
    assert asked == ["logs/AWSLogs/a b.json.gz"]


def test_a_key_elsewhere_is_refused_once_in_whichever_notice(account: AwsAccount) -> None:
    account.put("payroll.json.gz", "2")
    for key in ELSEWHERE:
        account.put(key, "1")
        account.announce(quote(key))
        bridge = {"bucket": {"name": "logs"}, "object": {"key": key}}
        account.send({"detail-type": "Object Created", "detail": bridge})
        account.send({"s3Bucket": "logs", "s3ObjectKey": [key]})
        found, asked = read(account)
        assert reasons(found) == [OUTSIDE] * 3, key
        assert asked == [], key
        assert account.waiting() == 0, key


def test_another_bucket_is_refused(account: AwsAccount) -> None:
    account.add_bucket("payroll")
    account.put("AWSLogs/a.json.gz", "1", bucket="payroll")
    for bucket in BUCKETS:
        account.announce("AWSLogs/a.json.gz", bucket=bucket)
        found, asked = read(account)
        assert reasons(found) == [OUTSIDE], bucket
        assert asked == [], bucket
        assert account.waiting() == 0, bucket


def test_a_notice_with_many_is_one_dead_letter_and_hides_nothing(account: AwsAccount) -> None:
    account.put("AWSLogs/a.json.gz", "1")
    account.announce(*[f"payroll/{number}" for number in range(50)], "AWSLogs/a.json.gz")
    found, asked = read(account)
    assert reasons([item for item in found if not isinstance(item, AccessEvent)]) == [OUTSIDE]
    assert len(found) == 2
    assert asked == ["logs/AWSLogs/a.json.gz"]


def test_a_dead_letter_does_not_say_where_a_notice_leads(account: AwsAccount) -> None:
    account.announce("jane.doe@example.com/4111111111111111")
    (letter,), _ = read(account)
    assert "jane" not in repr(letter)
    assert "4111" not in repr(letter)


def test_without_a_place_nothing_is_read(account: AwsAccount) -> None:
    account.put("AWSLogs/a.json.gz", "1")
    account.announce("AWSLogs/a.json.gz")
    found, asked = read(account, S3Places(()))
    assert reasons(found) == [OUTSIDE]
    assert asked == []


def test_ingest_says_that_nothing_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELLERWATCH_SOURCES__REDACTION_KEY", "ab" * 16)
    done = CliRunner().invoke(build_cli(), ["ingest", "sqs:https://sqs.example/1/logs"])
    assert isinstance(done.exception, SettingsError)
    assert "sources.s3_places is empty" in str(done.exception)
    assert 'such as ["my-logs/AWSLogs/"]' in str(done.exception)


@pytest.mark.parametrize("place", ["logs", "logs/AWSLogs", "/AWSLogs/", "logs//", "*/", "", "/"])
def test_a_place_that_could_mean_more_is_refused(
    monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("SELLERWATCH_SOURCES__REDACTION_KEY", "ab" * 16)
    monkeypatch.setenv("SELLERWATCH_SOURCES__S3_PLACES", f'["{place}"]')
    done = CliRunner().invoke(build_cli(), ["ingest", "sqs:https://sqs.example/1/logs"])
    assert isinstance(done.exception, SettingsError)
    assert "sources.s3_places.0: " in str(done.exception)
