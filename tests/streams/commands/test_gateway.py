import socket
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from models.errors import InputError, SettingsError
from streams.cli import build_cli
from streams.gateway.gateway_key import digest_of
from streams.gateway.key_file import read_keys


def test_what_it_prints_is_an_entry_of_the_file_and_the_key_is_told_apart(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        build_cli(), ["gateway", "key", "payments.example", "--classes", "payment, financial"]
    )
    assert done.exit_code == 0
    secret = done.stderr.split()[-1]
    assert secret not in done.stdout
    path = tmp_path / "keys.yaml"
    path.write_text(done.stdout)
    (key,) = read_keys(path)
    assert key.is_of(digest_of(secret))
    assert key.data_classes == ("payment", "financial")
    assert key.methods == ("GET",)
    assert key.expires is not None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["x", "--classes", "everything"], "--classes everything: choose from customer"),
        (["gateway:no-key", "--classes", "financial"], "no third party may be called"),
        (["a b", "--classes", "financial"], "APPLICATION"),
    ],
)
def test_a_wrong_wish_is_told_in_one_line(arguments: list[str], told: str) -> None:
    done = CliRunner().invoke(build_cli(), ["gateway", "key", *arguments])
    assert isinstance(done.exception, InputError)
    assert told in str(done.exception)
    assert "\n" not in str(done.exception)


def settings(folder: Path, **values: object) -> list[str]:
    path = folder / "sellerwatch.yaml"
    path.write_text(yaml.safe_dump({"gateway": values}))
    return ["gateway", "serve", "--config", str(path)]


def test_what_is_missing_is_named_before_anything_is_served(tmp_path: Path) -> None:
    done = CliRunner().invoke(build_cli(), settings(tmp_path))
    assert isinstance(done.exception, SettingsError)
    assert "gateway.keys_file is not set" in str(done.exception)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    for name in ("keys.yaml", "token"):
        (tmp_path / name).write_text("" if name == "keys.yaml" else "secret")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = CliRunner().invoke(
            build_cli(),
            settings(
                tmp_path,
                keys_file=str(tmp_path / "keys.yaml"),
                token_file=str(tmp_path / "token"),
                port=port,
            ),
        )
    assert isinstance(done.exception, SettingsError)
    assert f"gateway.port {port}" in str(done.exception)
