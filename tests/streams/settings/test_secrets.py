from pathlib import Path

import pytest

from models.errors import SettingsError
from streams.settings.secrets import checkpoint_keys, read_secret, redaction_key, sasl_password
from streams.settings.sections import CheckpointSettings, KafkaSettings, SourceSettings
from streams.settings.settings import Settings

SASL = {"security_protocol": "SASL_SSL", "sasl_mechanism": "PLAIN", "sasl_username": "me"}


def test_a_secret_is_what_its_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("  s3cret\n")
    assert read_secret(path, "kafka.sasl_password_file") == "s3cret"
    assert sasl_password(KafkaSettings(**SASL, sasl_password_file=path)) == "s3cret"


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_file_without_a_secret_is_an_error_with_its_cure(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"kafka\.x: .*secret"):
        read_secret(path, "kafka.x")


def test_the_file_wins_over_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("ab" * 32)
    sources = SourceSettings(redaction_key="cd" * 32, redaction_key_file=path)
    assert redaction_key(sources) == b"\xab" * 32


def test_no_key_is_none() -> None:
    assert redaction_key(SourceSettings()) is None
    assert sasl_password(KafkaSettings()) is None


@pytest.mark.parametrize("key", ["ab" * 15, "not hexadecimal at all, is it"])
def test_a_weak_key_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(SettingsError, match="openssl rand -hex 32") as caught:
        redaction_key(SourceSettings(redaction_key=key))
    assert key not in str(caught.value)


def test_secrets_are_not_in_the_settings_text() -> None:
    settings = Settings(kafka=KafkaSettings(**SASL, sasl_password="hunter2"))
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in settings.model_dump_json()


def test_the_checkpoints_keys_are_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"{'ab' * 32}\n{'cd' * 40}\n")
    assert checkpoint_keys(CheckpointSettings(key_file=path)) == (b"\xab" * 32, b"\xcd" * 40)
    assert checkpoint_keys(CheckpointSettings(key="ef" * 32)) == (b"\xef" * 32,)
    assert checkpoint_keys(CheckpointSettings()) == ()


@pytest.mark.parametrize("keys", ["ab" * 31, f"{'ab' * 32}\nshort", "no digits"])
def test_a_weak_checkpoint_key_is_refused_without_being_shown(keys: str) -> None:
    with pytest.raises(SettingsError, match="a checkpoint key is not 32 bytes") as caught:
        checkpoint_keys(CheckpointSettings(key=keys))
    assert keys not in str(caught.value)
