"""Keyed hashes that stand in for personal data."""

import re
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import msgspec

from models.domain.decoded_text import decoded
from models.domain.path_words import is_plain_word
from models.domain.personal_text import replace_personal
from models.domain.user_agent import programs_of
from models.errors import SettingsError

_KEY_LIMIT: Final = 64
_SHORTEST_KEY: Final = 16
_REMEMBERED: Final = 4096
_WORD: Final = re.compile(r"[^\W_]+")
_SEPARATORS: Final = re.compile(r"([/\\])")
# The characters in names of resources; others are a person's words.
_RESOURCE: Final = re.compile(r"[A-Za-z0-9_.\-/:$+=#*]{1,512}", re.ASCII)
# Account numbers, ids of applications, names of users; no comma, which joins several.
# A hash of ours, where nobody but us should write one.
_STAND_IN: Final = re.compile(r"\b(?:mail|id|number|phone|text)-[0-9a-f]{16}(?![0-9a-f])", re.ASCII)
_DELEGATE: Final = re.compile(r"\*|(?:user/)?[A-Za-z0-9][A-Za-z0-9_.+=\-]{0,127}", re.ASCII)
# Enough that one id may stand for a million events; JSON numbers of any reader hold it.
_CONTENT_BYTES: Final = 6
_NO_ENCODING: Final = (TypeError, ValueError, OverflowError, msgspec.MsgspecError)
_ENCODE: Final = msgspec.msgpack.Encoder(order="deterministic").encode
# Words of a path with more digits than a date are somebody's number.
_DATE_DIGITS: Final = 8


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
        self._said = blake2b(digest_size=_CONTENT_BYTES, key=key)
        self._event = self._start.copy()
        self._event.update(b"event ")
        self._cleaned = lru_cache(maxsize=_REMEMBERED)(self._clean)
        self._principal = lru_cache(maxsize=_REMEMBERED)(self._clean_principal)
        self._path = lru_cache(maxsize=_REMEMBERED)(self._clean_path)
        self._agent = lru_cache(maxsize=_REMEMBERED)(self._clean_agent)
        self._resource = lru_cache(maxsize=_REMEMBERED)(self._clean_resource)

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

    def event_id(self, request_id: str) -> str:
        """Make an event's id from its request's: the same id always gives the same hash.

        Whoever calls may choose the id of a request, so it is never shown.
        """
        state = self._event.copy()
        state.update(request_id.encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    def content(self, *said: object) -> int:
        """Hash what a log says about a call to 48 bits, never 0.

        Examples
        --------
        >>> hasher = SubjectHasher(b"sixteen bytes of key")
        >>> one = hasher.content(7.0, "app-1", {"a": 1, "b": 2})
        >>> one == hasher.content(7.0, "app-1", {"b": 2, "a": 1})
        True
        >>> one == hasher.content(7.0, "app-1", {"a": 1, "b": 3})
        False
        """
        state = self._said.copy()
        try:
            state.update(_ENCODE(said))
        except _NO_ENCODING:
            # A caller may write what cannot be encoded, and be no less different for it.
            state.update(repr(said).encode("utf-8", "surrogatepass"))
        return int.from_bytes(state.digest(), "big") or 1

    def clean(self, text: str) -> str:
        """Replace the personal data that a text shows by its form, however it is encoded.

        Mail addresses, order ids, card numbers and telephone numbers become hashes.
        """
        return self._cleaned(text)

    def clean_principal(self, name: str) -> str:
        """Clean who a log says called; a name that looks like a hash of ours becomes another one.

        Whoever may name a user could otherwise come as the person whose hash the alerts show.

        Examples
        --------
        >>> hasher = SubjectHasher(b"sixteen bytes of key")
        >>> jane = hasher.clean_principal("user/jane@example.com")
        >>> jane == hasher.clean_principal("user/jane@example.com")
        True
        >>> jane == hasher.clean_principal(jane)
        False
        """
        return self._principal(name)

    def clean_resource(self, names: str) -> str:
        """Clean the names of resources; a name with other characters becomes a hash.

        Examples
        --------
        >>> hasher = SubjectHasher(b"sixteen bytes of key")
        >>> hasher.clean_resource("orders"), "Jane" in hasher.clean_resource("Jane Doe,orders")
        ('orders', False)
        """
        return self._resource(names)

    def clean_delegate(self, name: str) -> str:
        """Clean the name of one who is given access; one with odd characters becomes a hash.

        Examples
        --------
        >>> hasher = SubjectHasher(b"sixteen bytes of key")
        >>> hasher.clean_delegate("444455556666"), hasher.clean_delegate("*")
        ('444455556666', '*')
        >>> "Jane" in hasher.clean_delegate("Jane Doe")
        False
        """
        cleaned = self.clean(name)
        return cleaned if _DELEGATE.fullmatch(cleaned) else self._stand_in("delegate", name)

    def clean_agent(self, user_agent: str) -> str:
        """Take the programs and versions of a user agent; one that names none is a hash.

        Examples
        --------
        >>> hasher = SubjectHasher(b"sixteen bytes of key")
        >>> hasher.clean_agent("OrderBridge/3.1 (ask jane@example.com)")
        'OrderBridge/3.1'
        >>> "Jane" in hasher.clean_agent("Jane's own script")
        False
        """
        return self._agent(user_agent)

    def clean_path(self, path: str) -> str:
        """Hash the words of a path but for those that name logs, dates and regions.

        Examples
        --------
        >>> hasher = SubjectHasher(b"sixteen bytes of key")
        >>> hasher.clean_path("/var/log/seller-api/2026-01-02.ndjson.gz")
        '/var/log/seller-api/2026-01-02.ndjson.gz'
        >>> "jane" in hasher.clean_path("/var/log/jane.ndjson")
        False
        """
        return self._path(path)

    def _clean(self, text: str) -> str:
        plain = decoded(text)
        if plain is None:
            return self._stand_in("text", text)
        cleaned = replace_personal(plain, self._stand_in)
        if "@" in cleaned:
            return self._stand_in("text", plain)
        if cleaned != plain:
            return cleaned
        return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")

    def _clean_principal(self, name: str) -> str:
        posed = _STAND_IN.sub(lambda found: self._stand_in("text", found[0]), name)
        return self.clean(posed)

    def _clean_resource(self, names: str) -> str:
        parts = (self.clean(name) for name in names.split(",") if name)
        return ",".join(
            part if _RESOURCE.fullmatch(part) else self._stand_in("resource", part)
            for part in parts
        )

    def _clean_agent(self, user_agent: str) -> str:
        plain = decoded(user_agent)
        programs = None if plain is None else programs_of(plain)
        if programs is None or self.clean(programs) != programs:
            return self._stand_in("agent", user_agent)
        return programs

    def _clean_path(self, path: str) -> str:
        plain = decoded(path)
        if plain is None:
            return self._stand_in("path", path)
        return "".join(
            part if part in ("/", "\\") else self._clean_segment(part)
            for part in _SEPARATORS.split(plain)
        )

    def _clean_segment(self, segment: str) -> str:
        numbers_stay = sum(map(str.isdigit, segment)) <= _DATE_DIGITS
        return _WORD.sub(
            lambda found: (
                found[0]
                if is_plain_word(found[0], with_numbers=numbers_stay)
                else f"{self.subject(found[0]):016x}"
            ),
            segment,
        )

    def _stand_in(self, kind: str, text: str) -> str:
        return f"{kind}-{self.subject(text):016x}"
