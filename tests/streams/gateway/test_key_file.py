import logging
from pathlib import Path

import pytest
import yaml

from models.domain.data_class import DataClass
from models.errors import SettingsError
from streams.gateway.gateway_key import GatewayKey
from streams.gateway.key_file import KeyFile, read_keys


def entry(application: str) -> str:
    _, key = GatewayKey.make(application, (DataClass.FINANCIAL,), None)
    values = key.model_dump(mode="json")
    return yaml.safe_dump({values.pop("credential_id"): values})


def test_the_shipped_file_holds_no_key(root: Path) -> None:
    assert read_keys(root / "config" / "gateway" / "keys.yaml") == ()


def test_a_key_comes_and_goes_with_its_entry(tmp_path: Path) -> None:
    path = tmp_path / "keys.yaml"
    path.write_text(entry("one.example"))
    file = KeyFile(path)
    path.write_text(path.read_text() + entry("two.example"))
    assert [key.application_id for key in file.keys()] == ["one.example", "two.example"]
    path.write_text("")
    assert file.keys() == ()


@pytest.mark.parametrize("content", ["a: [", "a: 1", "a: {1: 2}", None])
def test_a_slip_of_the_pen_leaves_the_keys_and_is_told(
    tmp_path: Path, content: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "keys.yaml"
    path.write_text(entry("one.example"))
    file = KeyFile(path)
    path.unlink()
    if content is not None:
        path.write_text(content)
    with caplog.at_level(logging.ERROR):
        assert [key.application_id for key in file.keys()] == ["one.example"]
    assert "the keys stay as they were" in caplog.text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a: {application_id: b, sha256: short}", "a: sha256"),
        ("a: {application_id: b}", "a: sha256: Field required"),
        ("a: text", "a: expected application_id"),
        ("a: {1: 2}", "names of settings are text"),
        (f"a: {{application_id: b, sha256: {'a' * 64}, methods: [TRACE]}}", "a: methods"),
        (f"a: {{application_id: b, sha256: {'a' * 64}, data_classes: [all]}}", "a: data_classes"),
        (f"a: {{application_id: b, sha256: {'a' * 64}, expires: '2026-01-01 00:00'}}", "expires"),
        (
            "\n".join(f"{name}: {{application_id: b, sha256: {'a' * 64}}}" for name in "ac"),
            "two entries have the same sha256",
        ),
        ("\n".join(f"k{n}: 1" for n in range(1_001)), "1,001 keys: keep at most 1,000"),
    ],
)
def test_a_wrong_file_is_told_in_one_line_that_names_the_entry(
    tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "keys.yaml"
    path.write_text(content)
    with pytest.raises(SettingsError) as caught:
        KeyFile(path)
    assert told in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
