"""The tokens that open the incident pages, and the sessions made from them."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from models.errors import SettingsError
from streams.settings.secrets import read_secret

_TOKEN_CHARACTERS = 20


class AccessTokens:
    """Knows who holds which token.

    A session is signed with the token that opened it. Every worker with the same file accepts it,
    and it ends when the token is removed from the file.

    Parameters
    ----------
    tokens
        Name of the holder -> token.

    Examples
    --------
    >>> tokens = AccessTokens({"alice": "a-token-of-20-characters"})
    >>> tokens.holder("a-token-of-20-characters")
    'alice'
    >>> session = tokens.open_session("alice", ends_at_seconds=100.0)
    >>> tokens.session_holder(session, now_seconds=99.0)
    'alice'
    >>> tokens.session_holder(session, now_seconds=100.0) is None
    True
    """

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._tokens = dict(tokens)

    def holder(self, token: str) -> str | None:
        """Return the holder of a token, or None if nobody has it."""
        given = token.encode("utf-8", "replace")
        found = None
        # Compare all of them, so that the time reveals nothing about a near match.
        for name, known in self._tokens.items():
            if hmac.compare_digest(known.encode(), given):
                found = name
        return found

    def open_session(self, name: str, ends_at_seconds: float) -> str:
        """Return a session text for a holder, valid until a time in seconds since 1970."""
        encoded = base64.urlsafe_b64encode(name.encode()).decode()
        head = f"{encoded}.{int(ends_at_seconds)}"
        return f"{head}.{self._signature(name, head)}"

    def session_holder(self, session: str, now_seconds: float) -> str | None:
        """Return the holder of a session, or None if it is forged or expired."""
        try:
            encoded, ends, signature = session.split(".")
            name = base64.b64decode(encoded.encode("ascii"), b"-_", validate=True).decode()
            is_over = now_seconds >= int(ends)
        except (ValueError, binascii.Error):
            return None
        if name not in self._tokens or is_over:
            return None
        expected = self._signature(name, f"{encoded}.{ends}")
        is_ours = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
        return name if is_ours else None

    def _signature(self, name: str, text: str) -> str:
        key = sha256(b"sellerwatch session\0" + self._tokens[name].encode()).digest()
        return hmac.new(key, text.encode(), sha256).hexdigest()


def read_access_tokens(path: Path) -> AccessTokens:
    """Read the token file: one ``name: token`` a line; a token alone belongs to "analyst".

    Raises
    ------
    SettingsError
        If it cannot be read, or a token is too short or appears twice.
    """
    setting = "web.token_file"
    tokens: dict[str, str] = {}
    for number, line in enumerate(read_secret(path, setting).splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, token = line.rpartition(":")
        name, token = name.strip() if colon else "analyst", token.strip()
        if len(token) < _TOKEN_CHARACTERS:
            message = (
                f"{setting}: {path} line {number}: a token has {_TOKEN_CHARACTERS} characters "
                "or more: make one with 'openssl rand -hex 32'"
            )
            raise SettingsError(message)
        if not name or name in tokens:
            message = f"{setting}: {path} line {number}: give each person one 'name: token' line"
            raise SettingsError(message)
        tokens[name] = token
    if not tokens:
        message = f"{setting}: {path} has no token: write 'name: token' into it"
        raise SettingsError(message)
    return AccessTokens(tokens)
