"""Networks from the ranges reserved for documentation (RFC 5737, RFC 3849)."""

import random
from typing import Final

_HOMES: Final = ("192.0.2", "198.51.100")
_AWAY: Final = "203.0.113"
_BLOCK: Final = 16
_BLOCKS: Final = 16
_SIX_SHARE: Final = 0.12
_ADDRESSES_MAX: Final = 5


def home_network(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """Draw a usual network and the addresses in use: ``192.0.2.32/28`` or an IPv6 ``/48``."""
    if rng.random() < _SIX_SHARE:
        return _six(rng, 0x1000)
    return _four(rng, _HOMES[rng.randrange(len(_HOMES))])


def away_network(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """Draw a network that no principal uses at first: an attacker's, or a new office's."""
    if rng.random() < _SIX_SHARE:
        return _six(rng, 0xF000)
    return _four(rng, _AWAY)


def any_network(rng: random.Random) -> tuple[str, ...]:
    """Draw addresses of one of 512 networks of the range for benchmarks (RFC 2544)."""
    head = f"198.{18 + rng.randrange(2)}.{rng.randrange(256)}"
    return tuple(f"{head}.{rng.randrange(1, 255)}" for _ in range(rng.randint(1, 3)))


def carrier_addresses(rng: random.Random, carrier: int) -> tuple[str, ...]:
    """Draw the address behind which a mobile carrier hides a caller for a while (RFC 6598)."""
    return (f"100.{64 + carrier % 64}.{rng.randrange(16)}.{rng.randrange(1, 255)}",)


def serverless_addresses(rng: random.Random, region: int) -> tuple[str, ...]:
    """Draw the addresses of a function's instances: any of a cloud region's 64 networks."""
    block = 64 * (region % 4)
    head = f"198.{18 + region // 4 % 2}"
    hosts = (rng.randrange(1, 255) for _ in range(6))
    return tuple(f"{head}.{block + rng.randrange(64)}.{host}" for host in hosts)


def _four(rng: random.Random, prefix: str) -> tuple[str, tuple[str, ...]]:
    first = rng.randrange(_BLOCKS) * _BLOCK
    hosts = rng.sample(range(1, _BLOCK - 1), rng.randint(1, _ADDRESSES_MAX))
    return f"{prefix}.{first}/28", tuple(f"{prefix}.{first + host}" for host in hosts)


def _six(rng: random.Random, base: int) -> tuple[str, tuple[str, ...]]:
    prefix = f"2001:db8:{base + rng.randrange(0xFFF):x}"
    hosts = rng.sample(range(1, 0xFFFF), rng.randint(1, _ADDRESSES_MAX))
    return f"{prefix}::/48", tuple(f"{prefix}::{host:x}" for host in hosts)
