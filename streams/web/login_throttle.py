"""Slows down token guessing."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Final

_ADDRESSES_KEPT: Final = 10_000
# Whoever has one IPv6 address usually has a whole /64.
_IPV6_PREFIX: Final = 64


@dataclass
class _Failures:
    since_seconds: float
    count: int


class LoginThrottle:
    """Blocks an address for a while after too many wrong tokens.

    Open sessions are not affected, so others behind the same address can go on working. The number
    of addresses is bounded: beyond that, the oldest is evicted.

    Parameters
    ----------
    clock
        Monotonic seconds.
    allowed
        Wrong tokens that an address may send within the window.
    window_seconds
        Time from the first wrong token until the count restarts.

    Examples
    --------
    >>> throttle = LoginThrottle(lambda: 0.0, allowed=1, window_seconds=60.0)
    >>> throttle.count_failure("192.0.2.1")
    >>> throttle.wait_seconds("192.0.2.1"), throttle.wait_seconds("192.0.2.2")
    (60, 0)
    """

    def __init__(
        self, clock: Callable[[], float], allowed: int = 10, window_seconds: float = 300.0
    ) -> None:
        self._clock, self._allowed, self._window_seconds = clock, allowed, window_seconds
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def wait_seconds(self, address: str | None) -> int:
        """Return the seconds until an address may try a token again; 0 if it may now."""
        found = self._failures.get(_key(address))
        if found is None or found.count < self._allowed:
            return 0
        left = found.since_seconds + self._window_seconds - self._clock()
        return max(0, ceil(left))

    def count_failure(self, address: str | None) -> None:
        """Count a wrong token."""
        key, now = _key(address), self._clock()
        found = self._failures.get(key)
        if found is not None and now < found.since_seconds + self._window_seconds:
            found.count += 1
            return
        self._failures.pop(key, None)
        self._failures[key] = _Failures(now, 1)
        if len(self._failures) > _ADDRESSES_KEPT:
            self._failures.popitem(last=False)

    def forget(self, address: str | None) -> None:
        """Reset the failures of an address that sent a right token."""
        self._failures.pop(_key(address), None)


def _key(address: str | None) -> str:
    text = (address or "").partition("%")[0]
    try:
        parsed = ip_address(text)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return text
    return str(ip_network((parsed, _IPV6_PREFIX), strict=False))
