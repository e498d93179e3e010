"""How to reach the cluster: one description for every client library."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from models.errors import SettingsError
from streams.settings.secrets import sasl_password
from streams.settings.sections import KafkaSettings

_PEM_FILES: Final = ("tls_ca_file", "tls_certificate_file", "tls_key_file")


@dataclass(frozen=True)
class KafkaConnection:
    """Brokers, log-in and TLS, checked and read once; every library's options come from it.

    Parameters
    ----------
    brokers
        Host and port of each.
    security_protocol
        As Kafka names it.
    sasl_mechanism, username, password
        The log-in; None without SASL.
    tls
        Checks the brokers' certificates; None without TLS.

    Examples
    --------
    >>> KafkaConnection.of(KafkaSettings()).tls is None
    True
    """

    brokers: tuple[str, ...]
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    @classmethod
    def of(cls, kafka: KafkaSettings) -> Self:
        """Read the files that the settings name.

        Raises
        ------
        SettingsError
            If a secret, a certificate or a key cannot be used.
        """
        _require_files(kafka)
        has_login = kafka.security_protocol.startswith("SASL")
        return cls(
            kafka.brokers,
            kafka.security_protocol,
            kafka.sasl_mechanism if has_login else None,
            kafka.sasl_username if has_login else None,
            sasl_password(kafka) if has_login else None,
            _tls(kafka) if kafka.security_protocol.endswith("SSL") else None,
        )


def _require_files(kafka: KafkaSettings) -> None:
    for setting in _PEM_FILES:
        path: Path | None = getattr(kafka, setting)
        if path is not None and not path.is_file():
            message = f"kafka.{setting}: {path} is not a file: name the PEM file"
            raise SettingsError(message)
    if kafka.tls_key_file is not None and kafka.tls_certificate_file is None:
        message = "kafka.tls_key_file: a key alone proves nothing: set kafka.tls_certificate_file"
        raise SettingsError(message)


def _tls(kafka: KafkaSettings) -> ssl.SSLContext:
    authorities = kafka.tls_ca_file
    try:
        context = ssl.create_default_context(cafile=None if authorities is None else authorities)
    except OSError as error:
        message = (
            f"kafka.tls_ca_file: {authorities} cannot be used: "
            "name a readable PEM file with the authority's certificate"
        )
        raise SettingsError(message) from error
    certificate, key = kafka.tls_certificate_file, kafka.tls_key_file
    if certificate is None:
        return context
    try:
        # Without a password, OpenSSL would ask for an encrypted key's password on the terminal.
        context.load_cert_chain(certificate, key, password="")
    except OSError as error:
        message = (
            f"kafka.tls_certificate_file: {certificate} with the key in {key or certificate} "
            "cannot be used: name a certificate and its own key, readable and not encrypted"
        )
        raise SettingsError(message) from error
    return context
