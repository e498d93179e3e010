"""Captured CloudTrail, where a folder with it lies beside the project."""

import gzip
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.incidents.incident import Incident
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.sources.files.read_events import read_events

DATA = Path(__file__).parents[3] / "shared" / "data"


def folder(name: str) -> Path:
    path = DATA / name
    if not path.is_dir():
        pytest.skip(f"{path} is not there: captured logs are not part of the project")
    return path


def incidents_of(parsed: Iterable[object]) -> list[Incident]:
    events = [item for item in parsed if isinstance(item, AccessEvent)]
    assert events
    detector = Detector(DetectorSettings(), {})
    found = detector.process_batch(sorted(events, key=lambda event: event.time))
    return [*found, *detector.finish()]


def labelled_records(path: Path) -> Iterable[object]:
    parser = make_parser(Settings(), "auto", bytes(32))
    with gzip.open(path / "labelled.ndjson.gz") as lines:
        for line in lines:
            record = msgspec.json.decode(line)["record"]
            # The tool's own user agent gives the label away.
            yield from parser.parse(record | {"userAgent": "masked"}, source="", position="")


def test_the_role_that_lists_buckets_and_syncs_them_is_found() -> None:
    found = incidents_of(
        read_events(
            [str(folder("otrf_cloud_breach_s3"))],
            make_parser(Settings(), "auto", bytes(32)),
            disorder_seconds=900.0,
        )
    )
    assert any("role" in incident.principal.lower() for incident in found)


def test_the_secrets_that_are_read_one_after_another_are_found() -> None:
    found = incidents_of(labelled_records(folder("stratus_detonation")))
    texts = [reason.text for incident in found for reason in incident.reasons]
    assert any("secrets" in text for text in texts)
