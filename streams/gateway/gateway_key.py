"""A key of the seller's own, given to one third party."""

import hashlib
import secrets
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from models.domain.data_class import DataClass

# What the gateway itself calls callers that it does not know; no third party may be called so.
NO_KEY: Final = "gateway:no-key"
UNKNOWN_KEY: Final = "gateway:unknown-key"
_OWN_NAMES: Final = "gateway:"
_KEY_BYTES: Final = 32

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]


class GatewayKey(BaseModel):
    """What one key may do; the key itself is nowhere, only its digest.

    Parameters
    ----------
    credential_id
        Name of the key in logs and incidents; no secret.
    application_id
        The third party that it was given to.
    sha256
        SHA-256 of the key, in hexadecimal digits.
    data_classes
        The sensitive data that it may read; what exposes other sensitive data is refused.
    methods
        The methods that it may use.
    expires
        When it ends; None is never.

    Examples
    --------
    >>> secret, key = GatewayKey.make("payments.example", (DataClass.FINANCIAL,), None)
    >>> key.is_of(digest_of(secret)), key.is_of(digest_of("guess"))
    (True, False)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    credential_id: Name
    application_id: Name
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    data_classes: tuple[DataClass, ...] = ()
    methods: Annotated[tuple[Method, ...], Field(min_length=1)] = ("GET",)
    expires: AwareDatetime | None = None

    @field_validator("application_id")
    @classmethod
    def _is_no_name_of_ours(cls, name: str) -> str:
        if name.startswith(_OWN_NAMES):
            message = f"no third party may be called {_OWN_NAMES}..."
            raise ValueError(message)
        return name

    @classmethod
    def make(
        cls, application_id: str, data_classes: tuple[DataClass, ...], expires: datetime | None
    ) -> tuple[str, "GatewayKey"]:
        """Draw a key; return it and what is kept of it."""
        secret = f"sw_{secrets.token_urlsafe(_KEY_BYTES)}"
        digest = digest_of(secret).hex()
        key = cls(
            credential_id=f"{application_id[:100]}-{digest[:8]}",
            application_id=application_id,
            sha256=digest,
            data_classes=data_classes,
            expires=expires,
        )
        return secret, key

    def is_of(self, digest: bytes) -> bool:
        """Whether a digest is that of this key, compared in constant time."""
        return secrets.compare_digest(bytes.fromhex(self.sha256), digest)

    def has_expired(self, now_seconds: float) -> bool:
        """Whether the key has ended."""
        return self.expires is not None and now_seconds >= self.expires.timestamp()


def digest_of(secret: str) -> bytes:
    """Return the digest that stands for a key.

    A key has 256 random bits, so that a fast hash cannot be guessed.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
