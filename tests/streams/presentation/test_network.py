import pytest

from streams.presentation.network import network_of


@pytest.mark.parametrize(
    ("address", "asn", "network"),
    [
        ("192.0.2.10", 64500, "AS64500"),
        ("192.0.2.10", None, "192.0.2.0/24"),
        ("2001:db8:1:2::3", None, "2001:db8:1::/48"),
        ("2001:db8::3", None, "2001:db8:0::/48"),
        ("::1", None, "0:0:0::/48"),
        ("config.amazonaws.com", None, "config.amazonaws.com"),
        ("a.b.c.d", None, "a.b.c.d"),
        (None, None, "unknown"),
    ],
)
def test_a_network_is_named(address: str | None, asn: int | None, network: str) -> None:
    assert network_of(address, asn) == network
