"""Tests of reading YAML files."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from models.errors import SettingsError
from streams.settings.yaml_file import LIMIT_BYTES, read_yaml


def test_a_mapping_is_read_and_an_empty_file_is_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("a: {b: [1, ä]}\n", encoding="utf-8")
    assert read_yaml(path) == {"a": {"b": [1, "ä"]}}
    path.write_text("# nothing\n")
    assert read_yaml(path) == {}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a: [", "not YAML"),
        (b"a: \xff", "not YAML"),
        (b"a: \x00", "not YAML"),
        (b"[" * 5_000, "not YAML"),
        (b"a: 2026-13-45", "not YAML: month must be in 1..12"),
        (b"a: !!bool maybe", "not YAML"),
        (b"a: !!timestamp then", "not YAML"),
        (b"a: !!int ''", "not YAML"),
        (b"a: !!python/object/apply:os.getcwd []", "not YAML: could not determine a constructor"),
        (b"- a list", "expected 'setting: value' pairs, found list"),
        (b"on: 1", "True is not the name of a setting: put it in quotes"),
        (b"a: 1\n" + b"#" * LIMIT_BYTES, "larger than 8,000,000 bytes"),
    ],
)
def test_a_wrong_file_is_named_with_its_cure_in_one_line(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=re.escape(f"{path}: {told}")) as caught:
        read_yaml(path)
    assert re.search(r": (correct|shorten) the file$|: put it in quotes$", str(caught.value))
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no\.yaml: No such file.*: name a readable file"):
        read_yaml(tmp_path / "no.yaml")
    with pytest.raises(SettingsError, match="Is a directory"):
        read_yaml(tmp_path)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=60), st.text("a:-[]{}&*!?|>'\"#% \n0x1.", max_size=60)))
def test_any_content_is_a_mapping_or_a_told_error(tmp_path: Path, content: bytes | str) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        assert all(isinstance(name, str) for name in read_yaml(path))
    except SettingsError as error:
        assert "\n" not in str(error)
