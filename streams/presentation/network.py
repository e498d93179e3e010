"""Names the network of an address."""

from ipaddress import ip_address
from typing import Final

_HOST_CHARACTERS: Final = 64


def network_of(address: str | None, asn: int | None) -> str:
    """Return the autonomous system where it is known, else the address's /24 or /48.

    CloudTrail writes the host name of an AWS service in the address's place: it stays.

    Examples
    --------
    >>> network_of("192.0.2.10", 64500), network_of("192.0.2.10", None)
    ('AS64500', '192.0.2.0/24')
    >>> network_of("2001:db8:1:2::3", None), network_of(None, None)
    ('2001:db8:1::/48', 'unknown')
    """
    if asn is not None:
        return f"AS{asn}"
    if address is None:
        return "unknown"
    if ":" in address:
        groups = [group for group in address.split("::")[0].split(":") if group]
        return ":".join([*groups, "0", "0", "0"][:3]) + "::/48"
    parts = address.split(".")
    if len(parts) != 4 or not parts[3].isdigit():
        return address[:_HOST_CHARACTERS]
    return ".".join(parts[:3]) + ".0/24"


def is_address(text: str) -> bool:
    """Whether a text is an IP address.

    Examples
    --------
    >>> is_address("192.0.2.10"), is_address("192.0.2")
    (True, False)
    """
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
