"""Every page of docs/sources has a line to copy, and its example can be parsed."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.domain.access_event import AccessEvent
from streams.cli import build_cli
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "sources"
PAGES = sorted(path.name for path in FOLDER.glob("*.md") if path.name != "README.md")
PARSER = make_parser(Settings(), "auto", b"k" * 32)


@pytest.mark.parametrize("page", PAGES)
def test_each_page_has_a_line_to_copy_that_the_command_line_takes(page: str) -> None:
    text = (FOLDER / page).read_text()
    lines = re.findall(r"^sellerwatch (.+)$", text, re.MULTILINE)
    assert lines, "no line to copy"
    for line in lines:
        done = CliRunner().invoke(build_cli(), [*line.split(), "--help"])
        assert done.exit_code == 0, (line, done.output)


@pytest.mark.parametrize("page", PAGES)
def test_each_example_becomes_an_event_with_all_that_matters(page: str) -> None:
    for example in re.findall(r"^```json\n(.+)\n```$", (FOLDER / page).read_text(), re.MULTILINE):
        (event,) = PARSER.parse(example.encode(), source=page, position="line 1")
        assert isinstance(event, AccessEvent), event
        assert event.data_classes[0] == "customer"
        assert None not in (event.credential_id, event.source_ip, event.user_agent)
        assert event.time in (1767254400.0, 1767254400.25)


def test_the_index_names_every_page() -> None:
    index = (FOLDER / "README.md").read_text()
    assert [page for page in PAGES if f"({page})" not in index] == []
