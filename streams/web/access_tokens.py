"""The tokens that open the incident pages, and the sessions made from them."""

import base64
import binascii
import hmac
from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from models.errors import SettingsError
from streams.settings.secrets import read_secret
from streams.web.ended_sessions import EndedSessions
from streams.web.person import Person, Role

_TOKEN_CHARACTERS: Final = 20
_FORM: Final = "write 'name: token', 'name: token viewer' or 'name: token responder'"


class AccessTokens:
    """Knows who holds which token.

    A session is signed with the token that opened it. Every worker with the same file accepts it,
    and it ends when the token is removed from the file, or at log-out.

    Parameters
    ----------
    tokens
        Name of the holder -> token.
    viewers
        Names of those who may only read.

    Examples
    --------
    >>> tokens = AccessTokens({"alice": "a-token-of-20-characters"})
    >>> tokens.holder("a-token-of-20-characters")
    Person(name='alice', role=<Role.RESPONDER: 'responder'>)
    >>> session = tokens.open_session("alice", ends_at_seconds=100.0)
    >>> tokens.session_holder(session, now_seconds=99.0).name
    'alice'
    >>> tokens.session_holder(session, now_seconds=100.0) is None
    True
    """

    def __init__(self, tokens: Mapping[str, str], viewers: Collection[str] = ()) -> None:
        self._tokens = dict(tokens)
        self._viewers = frozenset(viewers)
        self._ended = EndedSessions()

    def holder(self, token: str) -> Person | None:
        """Return the holder of a token, or None if nobody has it."""
        given = token.encode("utf-8", "replace")
        found = None
        # Compare all of them, so that the time reveals nothing about a near match.
        for name, known in self._tokens.items():
            if hmac.compare_digest(known.encode(), given):
                found = name
        return None if found is None else self._person(found)

    def open_session(self, name: str, ends_at_seconds: float) -> str:
        """Return a session text for a holder, valid until a time in seconds since 1970."""
        encoded = base64.urlsafe_b64encode(name.encode()).decode()
        head = f"{encoded}.{int(ends_at_seconds)}.{token_urlsafe(16)}"
        return f"{head}.{self._signature(name, head)}"

    def session_holder(self, session: str, now_seconds: float) -> Person | None:
        """Return the holder of a session, or None if it is forged or has ended."""
        try:
            encoded, ends, number, signature = session.split(".")
            name = base64.b64decode(encoded.encode("ascii"), b"-_", validate=True).decode()
            is_over = now_seconds >= int(ends)
        except (ValueError, binascii.Error):
            return None
        if name not in self._tokens or is_over:
            return None
        expected = self._signature(name, f"{encoded}.{ends}.{number}")
        is_ours = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
        if not is_ours or self._ended.has_ended(name, expected, int(ends)):
            return None
        return self._person(name)

    def end_session(self, session: str, now_seconds: float) -> Person | None:
        """End a session for good; return whose it was, or None if it is none."""
        person = self.session_holder(session, now_seconds)
        if person is not None:
            _, ends, _, signature = session.split(".")
            self._ended.end(person.name, signature, int(ends), now_seconds)
        return person

    def _person(self, name: str) -> Person:
        return Person(name, Role.VIEWER if name in self._viewers else Role.RESPONDER)

    def _signature(self, name: str, text: str) -> str:
        key = sha256(b"sellerwatch session\0" + self._tokens[name].encode()).digest()
        return hmac.new(key, text.encode(), sha256).hexdigest()


def read_access_tokens(path: Path) -> AccessTokens:
    """Read the token file: one ``name: token`` a line; a token alone belongs to "analyst".

    A role may follow the token; without one, it is a responder's.

    Raises
    ------
    SettingsError
        If it cannot be read, a token is too short, a name appears twice, or a role is unknown.
    """
    setting = "web.token_file"
    tokens: dict[str, str] = {}
    viewers: set[str] = set()
    for number, line in enumerate(read_secret(path, setting).splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, token = line.rpartition(":")
        name = name.strip() if colon else "analyst"
        token, _, role = (part.strip() for part in token.strip().partition(" "))
        # A mistyped role must not let anybody in with more rights than meant.
        if role and role not in set(Role):
            message = f"{setting}: {path} line {number}: unknown role: {_FORM}"
            raise SettingsError(message)
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
        if role == Role.VIEWER:
            viewers.add(name)
    if not tokens:
        message = f"{setting}: {path} has no token: write 'name: token' into it"
        raise SettingsError(message)
    return AccessTokens(tokens, viewers)
