"""Keyed hashes that stand in for personal data."""

import re
from hashlib import blake2b
from typing import Final

from models.errors import SettingsError

_KEY_LIMIT: Final = 64
_SHORTEST_KEY: Final = 16
_MAIL: Final = re.compile(r"[^\s@<>()/:,;\"'%]+(?:@|%40)[^\s@<>()/:,;\"'%]+")


class SubjectHasher:
    """Hashes with a secret key, so that nobody without the key can guess names.

    Parameters
    ----------
    key
        The secret, at least 16 bytes; a key longer than 64 bytes is hashed first.

    Raises
    ------
    SettingsError
        If the key is shorter, because it could be guessed.

    Examples
    --------
    >>> hasher = SubjectHasher(b"sixteen bytes of key")
    >>> hasher.subject("order-1") == hasher.subject("order-1")
    True
    >>> len(hasher.digest(b"a record"))
    16
    >>> "@" in hasher.clean("Bot of jane@example.com")
    False
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < _SHORTEST_KEY:
            message = (
                f"the redaction key has {len(key)} bytes, but it needs {_SHORTEST_KEY}: "
                "make one with 'openssl rand -hex 32'"
            )
            raise SettingsError(message)
        if len(key) > _KEY_LIMIT:
            key = blake2b(key).digest()
        self._start = blake2b(digest_size=8, key=key)

    def subject(self, text: str) -> int:
        """Hash an identifier to an unsigned 64-bit number."""
        state = self._start.copy()
        state.update(text.encode("utf-8", "surrogatepass"))
        return int.from_bytes(state.digest(), "big")

    def digest(self, data: bytes) -> str:
        """Hash bytes to 16 hexadecimal digits."""
        state = self._start.copy()
        state.update(data)
        return state.hexdigest()

    def clean(self, text: str) -> str:
        """Replace every mail address in a text with its hash."""
        if not text.isascii():
            text = text.encode("utf-8", "replace").decode("utf-8")
        if "@" not in text and "%40" not in text:
            return text
        text = _MAIL.sub(lambda found: f"mail-{self.subject(found[0]):016x}", text)
        return text.replace("@", "-")
