from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from models.errors import SettingsError
from streams.commands import config


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)
    config.register(app)
    return app


def test_what_show_prints_is_a_settings_file(app: typer.Typer, tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["config", "show"])
    assert yaml.safe_load(shown.output)["topics"]["partitions"] == 4
    path = tmp_path / "sellerwatch.yaml"
    path.write_text(shown.output)
    again = CliRunner().invoke(app, ["config", "show", "--config", str(path)])
    assert again.output == shown.output


@pytest.mark.parametrize("name", ["kafka.sasl_password", "sources.redaction_key"])
def test_a_secret_is_masked(app: typer.Typer, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    section, field = name.split(".")
    monkeypatch.setenv(f"SELLERWATCH_{section}__{field}".upper(), "ab" * 32)
    shown = CliRunner().invoke(app, ["config", "show"])
    assert "abab" not in shown.output
    assert yaml.safe_load(shown.output)[section][field] == "**********"


def test_check_counts_what_is_declared_and_misses_the_key(app: typer.Typer) -> None:
    checked = CliRunner().invoke(app, ["config", "check"])
    assert checked.exit_code == 0
    assert checked.output.startswith("settings are valid; ")
    assert "no redaction key is set" in checked.output


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("detector_file", "false_pages_per_principal_day: 2\n"),
        ("principals_file", "principals: {app: {kind: erp, allowed_data_classes: [gossip]}}\n"),
        ("principals_file", "principals: [\n"),
        ("sources__tables_directory", "a file, no folder"),
        ("web__token_file", "alice: short"),
    ],
)
def test_check_reads_the_files_that_the_settings_name(
    app: typer.Typer, tmp_path: Path, setting: str, text: str
) -> None:
    named = tmp_path / "named.yaml"
    named.write_text(text)
    path = tmp_path / "sellerwatch.yaml"
    values: dict[str, object] = {}
    section, _, field = setting.rpartition("__")
    (values.setdefault(section, {}) if section else values)[field] = str(named)
    path.write_text(yaml.safe_dump(values))
    checked = CliRunner().invoke(app, ["config", "check", "--config", str(path)])
    assert isinstance(checked.exception, SettingsError)
    assert str(named) in str(checked.exception)


def test_check_asks_for_the_key_of_planted_ids(app: typer.Typer, tmp_path: Path) -> None:
    path = tmp_path / "sellerwatch.yaml"
    path.write_text("detector: {canary_ids: [902-1]}\n")
    checked = CliRunner().invoke(app, ["config", "check", "--config", str(path)])
    assert isinstance(checked.exception, SettingsError)
    assert "set sources.redaction_key_file" in str(checked.exception)


def test_check_reads_the_certificates_that_the_settings_name(
    app: typer.Typer, tmp_path: Path
) -> None:
    path = tmp_path / "sellerwatch.yaml"
    path.write_text(f"kafka: {{security_protocol: SSL, tls_ca_file: {tmp_path}/none.pem}}\n")
    checked = CliRunner().invoke(app, ["config", "check", "--config", str(path)])
    assert isinstance(checked.exception, SettingsError)
    assert str(checked.exception).startswith("kafka.tls_ca_file: ")


@pytest.mark.parametrize(
    "url",
    [
        "http://bob:open-sesame@127.0.0.1:9093",
        "http://open-sesame@127.0.0.1:9093",
        "http://bob:open-sesame/@:@127.0.0.1:9093",
        "http://bob:with@open-sesame@127.0.0.1:9093",
        "https://am.example/?token=open-sesame",
        "https://am.example/?open-sesame",
        "https://am.example/?a=b#open-sesame",
    ],
)
def test_a_password_in_a_url_is_masked(
    app: typer.Typer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    monkeypatch.setenv("SELLERWATCH_ALERTING__ALERTMANAGER_URLS", f'["{url}"]')
    monkeypatch.setenv("SELLERWATCH_LINKS__DASHBOARD_BASE_URL", url)
    monkeypatch.setenv("SELLERWATCH_DETECTOR", f'{{"runbook_base_url": "{url}"}}')
    shown = CliRunner().invoke(app, ["config", "show"])
    assert shown.exit_code == 0
    assert "open-sesame" not in shown.output
    assert "**********" in shown.output


def test_check_warns_where_checkpoints_are_not_signed(
    app: typer.Typer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> str:
        return CliRunner().invoke(app, ["config", "check"]).output

    assert "no checkpoint key is set" in told()
    monkeypatch.setenv("SELLERWATCH_CHECKPOINTS__KEY", "ab" * 32)
    assert "checkpoint" not in told()
    monkeypatch.setenv("SELLERWATCH_CHECKPOINTS__ACCEPT_UNSIGNED", "true")
    assert "unsigned checkpoints are accepted" in told()
    monkeypatch.setenv("SELLERWATCH_CHECKPOINTS__KEY", "ab" * 31)
    failed = CliRunner().invoke(app, ["config", "check"])
    assert isinstance(failed.exception, SettingsError)
