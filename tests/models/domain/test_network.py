from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.network import network_of, parse_address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.10", "192.0.2.0/24"),
        ("::ffff:192.0.2.10", "192.0.2.0/24"),
        ("::ffff:c000:20a", "192.0.2.0/24"),
        ("2001:db8::7", "2001:db8::/48"),
        ("2001:DB8:0:0:9::1", "2001:db8::/48"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::1", "::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("s3.amazonaws.com", "s3.amazonaws.com"),
        ("AWS Internal", "AWS Internal"),
        ("", ""),
    ],
)
def test_every_spelling_of_an_address_has_one_network(address: str, network: str) -> None:
    assert network_of(address, None) == network


def test_no_address_is_an_unknown_network() -> None:
    assert network_of(None, None) == "unknown"
    assert network_of(None, 64500) == "AS64500"


def test_an_autonomous_system_is_named_instead() -> None:
    assert network_of("2001:db8::7", 64500) == "AS64500"


@given(st.from_regex(r"\A[0-9]{1,3}(\.[0-9]{1,4}){2,4}\Z"))
def test_what_looks_like_an_address_is_read_as_the_standard_library_does(text: str) -> None:
    try:
        expected = str(ip_network(f"{ip_address(text)}/24", strict=False))
    except ValueError:
        expected = text
    assert network_of(text, None) == expected


@given(st.ip_addresses(v=6))
def test_an_address_lies_in_its_network(address: object) -> None:
    network = ip_network(network_of(str(address), None))
    expected = parse_address(str(address))
    assert expected in network
    assert expected == (getattr(address, "ipv4_mapped", None) or address)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_the_address_itself(address: IPv4Address) -> None:
    assert parse_address(f"::ffff:{address}") == ip_address(address)
    assert network_of(f"::ffff:{address}", None) == network_of(str(address), None)


@given(st.text())
def test_any_text_has_a_short_name(text: str) -> None:
    assert len(network_of(text, None)) <= 128
