"""Inputs that `ingest` rejects before it connects to a broker."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.errors import InputError, SettingsError
from streams.cli import build_cli


def refusal(*arguments: str) -> BaseException | None:
    return CliRunner().invoke(build_cli(), ["ingest", *arguments]).exception


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELLERWATCH_SOURCES__REDACTION_KEY", "ab" * 16)


def test_a_key_is_asked_for(tmp_path: Path) -> None:
    error = refusal(str(tmp_path))
    assert isinstance(error, SettingsError)
    assert "openssl rand -hex 32" in str(error)


@pytest.mark.usefixtures("key")
def test_a_missing_path_is_named() -> None:
    error = refusal("none.log")
    assert isinstance(error, InputError)
    assert str(error).startswith("none.log: no such file or folder")


@pytest.mark.usefixtures("key")
def test_an_unknown_format_is_named_with_those_that_are_known(tmp_path: Path) -> None:
    error = refusal(str(tmp_path), "--format", "bogus")
    assert isinstance(error, InputError)
    assert "api_gateway, envoy, nginx" in str(error)


@pytest.mark.usefixtures("key")
def test_another_number_of_partitions_is_refused(
    broker_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELLERWATCH_KAFKA__BROKERS", f'["{broker_address}"]')
    created = CliRunner().invoke(build_cli(), ["topics", "create"])
    assert created.exit_code == 0, created.output
    monkeypatch.setenv("SELLERWATCH_TOPICS__PARTITIONS", "7")
    (tmp_path / "empty.log").write_text("")
    error = refusal(str(tmp_path))
    assert isinstance(error, SettingsError)
    assert str(error).startswith("topics.partitions is 7, but access-events has 4 partitions")
