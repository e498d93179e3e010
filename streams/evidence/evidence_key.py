"""The keys that sign bundles of evidence, and those that check them."""

from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from models.errors import InputError, SettingsError
from streams.settings.secrets import read_secret

_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)
_LARGEST_BYTES = 65_536


class CheckingKey:
    """Checks signatures; it may be given to everybody.

    Parameters
    ----------
    public
        An Ed25519 key (RFC 8032).
    """

    def __init__(self, public: Ed25519PublicKey) -> None:
        self._public = public

    @classmethod
    def read(cls, path: Path) -> "CheckingKey":
        """Read a public key in PEM.

        Raises
        ------
        InputError
            If the file holds none.
        """
        try:
            with path.open("rb") as file:
                key = load_pem_public_key(file.read(_LARGEST_BYTES))
        except OSError as error:
            message = f"{path}: {error.strerror}: name the public key of whoever made the bundle"
            raise InputError(message) from error
        except _UNREADABLE as error:
            raise InputError(_no_key(path)) from error
        if not isinstance(key, Ed25519PublicKey):
            raise InputError(_no_key(path))
        return cls(key)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the key as openssl writes it in DER, to compare by telephone."""
        form = PublicFormat.SubjectPublicKeyInfo
        return sha256(self._public.public_bytes(Encoding.DER, form)).hexdigest()

    def accepts(self, signature: bytes, data: bytes) -> bool:
        """Whether the owner of the key has signed the data."""
        try:
            self._public.verify(signature, data)
        except InvalidSignature:
            return False
        return True


class EvidenceKey:
    """Signs bundles.

    Parameters
    ----------
    private
        An Ed25519 key.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @classmethod
    def read(cls, path: Path | None) -> "EvidenceKey | None":
        """Read the private key that `evidence.key_file` names; None if none is named.

        Raises
        ------
        SettingsError
            If the file holds none.
        """
        if path is None:
            return None
        text = read_secret(path, "evidence.key_file")
        try:
            key = load_pem_private_key(text.encode(), password=None)
        except _UNREADABLE:
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            message = (
                f"evidence.key_file: {path} holds no Ed25519 key without a password: "
                "make one with 'openssl genpkey -algorithm ed25519'"
            )
            raise SettingsError(message)
        return cls(key)

    @property
    def checking(self) -> CheckingKey:
        """The key that checks what this one signs."""
        return CheckingKey(self._private.public_key())

    def sign(self, data: bytes) -> bytes:
        """Return the signature of data, 64 bytes."""
        return self._private.sign(data)


def _no_key(path: Path) -> str:
    return (
        f"{path}: no public Ed25519 key in PEM: "
        "make it with 'openssl pkey -in evidence.pem -pubout'"
    )
