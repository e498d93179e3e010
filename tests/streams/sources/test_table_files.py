"""Tests of reading the tables."""

from pathlib import Path

import pytest

from models.errors import SettingsError
from streams.sources.table_files import load_tables


def test_the_file_names_the_format(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("detect: [uri]\nfields: {path: [uri]}\n")
    assert [table.name for table in load_tables(tmp_path)] == ["mine"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("fields: {}", "detect"), ("detect: [a]\nfields: {a: [b]}", "fields.a"), ("- a", "expected")],
)
def test_a_wrong_table_is_named(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(SettingsError, match=rf"mine\.yaml: .*{reason}"):
        load_tables(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="tables_directory"):
        load_tables(tmp_path / "none")
