"""The tokens that open the incident pages, and the sessions made from them."""

import base64
import binascii
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from models.errors import SettingsError
from streams.settings.secrets import read_secret
from streams.web.ended_sessions import EndedSessions
from streams.web.person import Person, Role

_TOKEN_CHARACTERS: Final = 20
_SESSION: Final = b"sellerwatch session\0"
_END: Final = b"sellerwatch ended session\0"
_FORM: Final = "write 'name: token', 'name: token viewer' or 'name: token responder'"


@dataclass(frozen=True)
class EndedSession:
    """A session that somebody has ended.

    Parameters
    ----------
    person
        Whose it was.
    notice
        What tells other workers of it; it opens nothing.
    """

    person: Person
    notice: str


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
        if not is_ours or self._ended.has_ended(name, _digest(expected), int(ends)):
            return None
        return self._person(name)

    def end_session(self, session: str, now_seconds: float) -> EndedSession | None:
        """End a session for good; None if it is none."""
        person = self.session_holder(session, now_seconds)
        if person is None:
            return None
        encoded, ends, _, signature = session.split(".")
        digest = _digest(signature)
        self._ended.end(person.name, digest, int(ends), now_seconds)
        proof = self._signature(person.name, f"{ends}.{digest}", _END)
        return EndedSession(person, f"{encoded}.{ends}.{digest}.{proof}")

    def take_notice(self, notice: str, now_seconds: float) -> bool:
        """End a session that was ended on another worker; False if nobody with the token says so.

        Examples
        --------
        >>> here, there = (AccessTokens({"alice": "a-token-of-20-characters"}) for _ in "12")
        >>> session = there.open_session("alice", ends_at_seconds=100.0)
        >>> here.take_notice(there.end_session(session, 50.0).notice, 50.0)
        True
        >>> here.session_holder(session, 50.0) is None
        True
        """
        try:
            encoded, ends, digest, proof = notice.split(".")
            name = base64.b64decode(encoded.encode("ascii"), b"-_", validate=True).decode()
            ends_at_seconds = int(ends)
        except (ValueError, binascii.Error):
            return False
        if name not in self._tokens:
            return False
        expected = self._signature(name, f"{ends}.{digest}", _END)
        if not hmac.compare_digest(expected.encode(), proof.encode("utf-8", "replace")):
            return False
        if ends_at_seconds > now_seconds:
            self._ended.end(name, digest, ends_at_seconds, now_seconds)
        return True

    def _person(self, name: str) -> Person:
        return Person(name, Role.VIEWER if name in self._viewers else Role.RESPONDER)

    def _signature(self, name: str, text: str, use: bytes = _SESSION) -> str:
        key = sha256(use + self._tokens[name].encode()).digest()
        return hmac.new(key, text.encode("utf-8", "replace"), sha256).hexdigest()


def _digest(signature: str) -> str:
    return sha256(signature.encode()).hexdigest()


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
