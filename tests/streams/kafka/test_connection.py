import ssl
from pathlib import Path

import pytest

from models.errors import SettingsError
from streams.kafka.connection import KafkaConnection
from streams.settings.sections import KafkaSettings

LOGIN = {"sasl_mechanism": "SCRAM-SHA-256", "sasl_username": "me"}


def test_plaintext_needs_no_secrets() -> None:
    kafka = KafkaSettings(brokers=("a:1", "b:2"))
    assert KafkaConnection.of(kafka) == KafkaConnection(("a:1", "b:2"))


def test_the_password_is_read_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2\n")
    kafka = KafkaSettings(
        security_protocol="SASL_PLAINTEXT", sasl_password_file=tmp_path / "secret", **LOGIN
    )
    connection = KafkaConnection.of(kafka)
    assert (connection.sasl_mechanism, connection.username) == ("SCRAM-SHA-256", "me")
    assert connection.password == "hunter2"
    assert "hunter2" not in repr(connection)
    assert connection.tls is None


def test_brokers_are_checked_by_the_authority_and_by_name(certificates: Path) -> None:
    kafka = KafkaSettings(
        security_protocol="SASL_SSL",
        sasl_password="hunter2",
        tls_ca_file=certificates / "own.pem",
        tls_certificate_file=certificates / "own.pem",
        tls_key_file=certificates / "own.key",
        **LOGIN,
    )
    tls = KafkaConnection.of(kafka).tls
    assert tls is not None
    assert tls.check_hostname
    assert tls.verify_mode is ssl.CERT_REQUIRED
    assert tls.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert [dict(part[0] for part in ca["subject"]) for ca in tls.get_ca_certs()] == [
        {"commonName": "own"}
    ]


def test_without_an_authority_the_systems_are_trusted() -> None:
    tls = KafkaConnection.of(KafkaSettings(security_protocol="SSL")).tls
    assert tls is not None
    assert tls.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("protocol", ["SSL", "PLAINTEXT"])
@pytest.mark.parametrize("setting", ["tls_ca_file", "tls_certificate_file", "tls_key_file"])
def test_a_file_that_is_missing_is_named(tmp_path: Path, setting: str, protocol: str) -> None:
    kafka = KafkaSettings(security_protocol=protocol, **{setting: tmp_path / "none.pem"})
    with pytest.raises(SettingsError, match=rf"kafka\.{setting}: .*none\.pem is not a file: name"):
        KafkaConnection.of(kafka)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"tls_ca_file": "empty.pem"}, r"kafka\.tls_ca_file: \S+empty\.pem cannot be used: name"),
        ({"tls_ca_file": "own.key"}, r"kafka\.tls_ca_file: \S+own\.key cannot be used: name"),
        (
            {"tls_certificate_file": "own.pem", "tls_key_file": "other.key"},
            r"kafka\.tls_certificate_file: \S+own\.pem with the key in \S+other\.key cannot",
        ),
        (
            {"tls_certificate_file": "own.pem", "tls_key_file": "sealed.key"},
            r"kafka\.tls_certificate_file: .*sealed\.key cannot be used: .*not encrypted",
        ),
        (
            {"tls_certificate_file": "own.pem"},
            r"kafka\.tls_certificate_file: \S+own\.pem with the key in \S+own\.pem cannot",
        ),
        ({"tls_key_file": "own.key"}, r"kafka\.tls_key_file: .*set kafka\.tls_certificate_file"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line_with_the_cure(
    certificates: Path, files: dict[str, str], said: str
) -> None:
    paths = {setting: certificates / name for setting, name in files.items()}
    with pytest.raises(SettingsError, match=said) as caught:
        KafkaConnection.of(KafkaSettings(security_protocol="SSL", **paths))
    assert "\n" not in str(caught.value)
