"""Names the network of an address, the same everywhere."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_REMEMBERED: Final = 8192
_HOST_CHARACTERS: Final = 128
_IPV4_HOST_BITS: Final = 8
_IPV6_HOST_BITS: Final = 80
_OCTETS: Final = frozenset(map(str, range(256)))
_IPV4_OCTETS: Final = 4
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def parse_address(text: str) -> Address | None:
    """Parse an IP address; None if the text is not one.

    An IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2) becomes the IPv4 address: a
    dual-stack server logs one client both ways.

    Examples
    --------
    >>> parse_address("::ffff:192.0.2.10"), parse_address("s3.amazonaws.com")
    (IPv4Address('192.0.2.10'), None)
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


@lru_cache(maxsize=_REMEMBERED)
def network_of(address: str | None, asn: int | None) -> str:
    """Return the autonomous system if it is known, else the address's /24 or /48.

    CloudTrail puts the host name of an AWS service in place of an address; it is kept.

    Examples
    --------
    >>> network_of("192.0.2.10", 64500), network_of("192.0.2.10", None)
    ('AS64500', '192.0.2.0/24')
    >>> network_of("2001:db8:1:2::3", None), network_of("2001:db8::7", None)
    ('2001:db8:1::/48', '2001:db8::/48')
    >>> network_of("::ffff:192.0.2.10", None), network_of("athena.amazonaws.com", None)
    ('192.0.2.0/24', 'athena.amazonaws.com')
    """
    if asn is not None:
        return f"AS{asn}"
    if address is None:
        return "unknown"
    # The usual form, which a flood of addresses must not make dear.
    octets = address.split(".", _IPV4_OCTETS)
    if len(octets) == _IPV4_OCTETS and _OCTETS.issuperset(octets):
        return f"{octets[0]}.{octets[1]}.{octets[2]}.0/24"
    parsed = parse_address(address)
    if parsed is None:
        return address[:_HOST_CHARACTERS]
    number = int(parsed)
    if isinstance(parsed, IPv4Address):
        return str(IPv4Network((number >> _IPV4_HOST_BITS << _IPV4_HOST_BITS, 24)))
    return str(IPv6Network((number >> _IPV6_HOST_BITS << _IPV6_HOST_BITS, 48)))
