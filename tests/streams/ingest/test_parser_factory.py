"""Tests of making the parser from the settings."""

from pathlib import Path

import msgspec
import pytest

from models.domain.access_event import AccessEvent
from models.errors import InputError
from streams.ingest.parser_factory import make_parser
from streams.settings.sections import SourceSettings
from streams.settings.settings import Settings

KEY = "ab" * 32
RECORD = msgspec.json.encode(
    {"time": "2026-01-01T00:00:00Z", "request_id": "r-1", "seller_id": "A1", "method": "GET",
     "application_id": "app-1", "path": "/orders/v0/orders/902-1", "status": 200}
)  # fmt: skip


def subjects(settings: Settings, key: bytes | None = None) -> tuple[int, ...]:
    (event,) = make_parser(settings, "seller-api", key).parse(RECORD, source="log", position="1")
    assert isinstance(event, AccessEvent), event
    return tuple(event.subject_ids)


def test_ids_are_hashed_under_the_key_given_else_under_that_of_the_settings() -> None:
    named = Settings(sources=SourceSettings(redaction_key=KEY))
    assert subjects(named) == subjects(Settings(), bytes.fromhex(KEY))
    assert subjects(named) != subjects(named, bytes(32))


def test_without_a_key_the_hashes_last_for_one_parser() -> None:
    assert subjects(Settings()) != subjects(Settings())


def test_an_unknown_format_is_told_with_those_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("detect: [uri]\nfields: {path: [uri]}\n")
    settings = Settings(sources=SourceSettings(tables_directory=tmp_path))
    with pytest.raises(InputError, match=r"--format yours: unknown: choose one of auto, .*, mine$"):
        make_parser(settings, "yours")
