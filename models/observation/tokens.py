"""The values of an event that can be new, as numbers."""

from collections.abc import Collection
from typing import NamedTuple
from zlib import crc32

from models.domain.access_event import AccessEvent
from models.domain.network import network_of
from models.observation.recent_cache import RecentCache
from models.tuning.observation import (
    TOKENS_FAR_HOURS,
    TOKENS_NEWS_HOURS,
    TOKENS_PROGRAM_CHARACTERS,
    TOKENS_REMEMBERED,
    TOKENS_RESOURCE_CHARACTERS,
)


class Token(NamedTuple):
    """One value: its feature, its number, and its text for people."""

    feature: str
    number: int
    text: str


class EventTokens(NamedTuple):
    """The tokens of an event except its hour, their numbers, and its network's number again."""

    tokens: tuple[Token, ...]
    numbers: frozenset[int]
    network: Token | None


class Tokens:
    """Makes the tokens of events, and caches them.

    Examples
    --------
    >>> hour_feature(3, {8, 17})
    'far_hour'
    """

    def __init__(self) -> None:
        self._made = RecentCache[tuple[str, str], Token](TOKENS_REMEMBERED)
        self._of = RecentCache[tuple[object, ...], EventTokens](TOKENS_REMEMBERED)

    def of(self, event: AccessEvent) -> EventTokens:
        """Return the tokens of an event."""
        key = (
            event.operation, event.source_ip, event.user_agent, event.resource, event.service,
            event.data_classes, event.asn, event.country,
        )  # fmt: skip
        found = self._of.get(key)
        if found is None:
            found = self._make(event)
            self._of.put(key, found)
        return found

    def _make(self, event: AccessEvent) -> EventTokens:
        tokens = [self._get("operation", f"{event.service}:{event.operation}")]
        network = None
        if event.source_ip is not None:
            network = self._get("network", network_of(event.source_ip, event.asn))
            tokens.append(network)
        if event.user_agent is not None:
            program = event.user_agent.partition("/")[0][:TOKENS_PROGRAM_CHARACTERS]
            tokens.append(self._get("user_agent", program))
        if event.country is not None:
            tokens.append(self._get("country", event.country))
        tokens += [self._get("data_class", name) for name in event.data_classes]
        if event.resource is not None:
            tokens.append(self._get("resource", event.resource[:TOKENS_RESOURCE_CHARACTERS]))
        return EventTokens(tuple(tokens), frozenset(t.number for t in tokens), network)

    def _get(self, feature: str, text: str) -> Token:
        key = (feature, text)
        token = self._made.get(key)
        if token is None:
            token = Token(feature, token_of(feature, text), text)
            self._made.put(key, token)
        return token


def hour_feature(hour: int, known: Collection[int]) -> str:
    """Name how far an hour of the day is from a principal's active hours.

    Within two hours, it is not new. From four hours on, it is not just an early or late hour of
    a working day, and much rarer.

    Examples
    --------
    >>> [hour_feature(hour, {8, 17}) for hour in (19, 20, 21)]
    ['hour_nearby', 'hour', 'far_hour']
    """
    if not known:
        return "far_hour"
    apart = min((d for d in range(12) if _has(hour, d, known)), default=12)
    if apart < TOKENS_NEWS_HOURS:
        return "hour_nearby"
    return "hour" if apart < TOKENS_FAR_HOURS else "far_hour"


def _has(hour: int, apart: int, known: Collection[int]) -> bool:
    return (hour + apart) % 24 in known or (hour - apart) % 24 in known


def token_of(feature: str, value: str) -> int:
    """Return a number for a value, the same in every process.

    Examples
    --------
    >>> token_of("country", "DE") == token_of("country", "DE")
    True
    """
    return crc32(f"{feature}\0{value}".encode("utf-8", "surrogatepass"))
