"""Parses every real log next to the project, and prints the results."""

import ast
import csv
import gzip
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from models.domain.redaction import SubjectHasher
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.files.read_events import read_events
from streams.sources.flow.tally import Tally
from streams.sources.formats.access_log_table import load_tables
from streams.sources.formats.event_parser import EventParser

PARSER = EventParser(load_catalogue(), SubjectHasher(b"sixteen bytes of key"), tables=load_tables())


def packed_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def records_of(path: Path) -> list[dict[str, Any]]:
    """Remove the labels that the collectors put around the records."""
    return [entry.get("record", entry) for entry in packed_lines(path)]


def honeybucket(path: Path) -> list[dict[str, Any]]:
    """Rebuild records from the CSV columns, two of which are in Python notation."""
    rows = csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode()))
    return [
        {
            "eventType": row["Event Type"], "eventName": row["Event Name"],
            "eventSource": "s3.amazonaws.com", "eventID": row["Event ID"],
            "eventTime": row["Event DateTime"], "sourceIPAddress": row["Source IP"],
            "userAgent": row["Request User Agent"], "recipientAccountId": "111122223333",
            "userIdentity": ast.literal_eval(row["User ID"]),
            "requestParameters": ast.literal_eval(row["Request Parameters"]),
        }
        for row in rows
    ]  # fmt: skip


def became(records: Iterable[dict[str, Any]], folder: Path) -> str:
    path = folder / "records.ndjson"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return read(path)


def read(path: Path) -> str:
    tally = Tally()
    for item in read_events([str(path)], PARSER):
        tally.count(item)
    return str(tally)


@pytest.mark.parametrize(
    ("name", "count", "expected"),
    [
        ("stratus_detonation/labelled.ndjson.gz", 310, "310 events, 0 skipped, 0 dead letters"),
        (
            "panther_rule_tests/tests.ndjson.gz",
            461,
            (
                "382 events (233 with a reused id), "
                "56 skipped (46 duplicate, 9 vpc endpoint event, 1 echo), 23 dead letters"
            ),
        ),
        ("otrf_cloud_breach_s3/events.ndjson.gz", 103, "103 events, 0 skipped, 0 dead letters"),
        (
            "aws_docs_examples/examples.ndjson.gz",
            38,
            (
                "30 events (2 with a reused id), "
                "8 skipped (4 insight, 2 duplicate, 2 digest), 0 dead letters"
            ),
        ),
    ],
)
def test_every_record_is_accounted_for(
    shared_data: Path, tmp_path: Path, name: str, count: int, expected: str
) -> None:
    records = records_of(shared_data / name)
    assert len(records) == count
    assert became(records, tmp_path) == expected


def test_the_scanners_of_the_honey_bucket_are_events(shared_data: Path, tmp_path: Path) -> None:
    records = honeybucket(shared_data / "otrf_cloud_breach_s3" / "honeybucket.csv.gz")
    assert len(records) == 301
    assert became(records, tmp_path) == "301 events, 0 skipped, 0 dead letters"


def test_both_envelopes_are_read_as_they_are(shared_data: Path) -> None:
    (log,) = (shared_data / "envelopes").glob("*.json.gz")
    assert read(log) == "2 events, 0 skipped, 0 dead letters"
    assert (
        read(shared_data / "envelopes" / "lookup_events.jsonl")
        == "1 events, 0 skipped, 0 dead letters"
    )
