"""Reads secrets from the files that the settings name."""

from pathlib import Path

from pydantic import SecretStr

from models.errors import SettingsError
from streams.settings.sections import CheckpointSettings, KafkaSettings, SourceSettings

_KEY_BYTES = 16
_CHECKPOINT_KEY_BYTES = 32


def read_secret(path: Path, setting: str) -> str:
    """Read the secret that a file holds.

    Raises
    ------
    SettingsError
        If the file cannot be read or is empty.
    """
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{setting}: {path} cannot be read: name a file that holds the secret"
        raise SettingsError(message) from error
    if not secret:
        message = f"{setting}: {path} is empty: write the secret into it"
        raise SettingsError(message)
    return secret


def sasl_password(kafka: KafkaSettings) -> str | None:
    """Return the SASL password, or None if none is set.

    Raises
    ------
    SettingsError
        If its file cannot be read.
    """
    if kafka.sasl_password_file is not None:
        return read_secret(kafka.sasl_password_file, "kafka.sasl_password_file")
    return _revealed(kafka.sasl_password)


def redaction_key(sources: SourceSettings) -> bytes | None:
    """Return the key for hashing subjects, or None if none is set.

    Raises
    ------
    SettingsError
        If its file cannot be read, or the key is not at least 16 bytes in hexadecimal digits.
    """
    if sources.redaction_key_file is not None:
        text = read_secret(sources.redaction_key_file, "sources.redaction_key_file")
    else:
        text = _revealed(sources.redaction_key) or ""
    return _key(text, "the redaction key", _KEY_BYTES) if text else None


def checkpoint_keys(checkpoints: CheckpointSettings) -> tuple[bytes, ...]:
    """Return the keys of the checkpoints: the first one signs, all verify.

    Raises
    ------
    SettingsError
        If their file cannot be read, or a key is not at least 32 bytes in hexadecimal digits.
    """
    if checkpoints.key_file is not None:
        text = read_secret(checkpoints.key_file, "checkpoints.key_file")
    else:
        text = _revealed(checkpoints.key) or ""
    return tuple(_key(word, "a checkpoint key", _CHECKPOINT_KEY_BYTES) for word in text.split())


def _key(text: str, name: str, least_bytes: int) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < least_bytes:
        message = (
            f"{name} is not {least_bytes} bytes or more in hexadecimal digits: "
            "make one with 'openssl rand -hex 32'"
        )
        raise SettingsError(message)
    return key


def _revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
