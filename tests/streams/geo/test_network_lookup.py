import re
from pathlib import Path

import netaddr
import pytest
from mmdb_writer import MMDBWriter

from models.errors import SettingsError
from streams.geo.network_lookup import NetworkLookup, load_networks
from streams.settings.sections import NetworkSettings


def write(path: Path, records: dict[str, dict[str, object]], ip_version: int = 6) -> Path:
    writer = MMDBWriter(ip_version, "test", ipv4_compatible=ip_version == 6)
    for network, record in records.items():
        writer.insert_network(netaddr.IPSet([network]), record)
    writer.to_db_file(str(path))
    return path


def test_maxminds_files_are_read(tmp_path: Path) -> None:
    asn = write(
        tmp_path / "asn.mmdb",
        {
            "203.0.113.0/24": {"autonomous_system_number": 64500},
            "2001:db8::/32": {"autonomous_system_number": 64501},
        },
    )
    country = write(tmp_path / "country.mmdb", {"203.0.113.0/24": {"country": {"iso_code": "DE"}}})
    networks = NetworkLookup(asn, country)
    assert networks.lookup("203.0.113.9") == (64500, "DE")
    assert networks.lookup("2001:db8::1") == (64501, None)
    assert networks.lookup("8.8.8.8") == (None, None)


def test_one_file_may_hold_both(tmp_path: Path) -> None:
    record = {"asn": "AS64500", "country_code": "FR", "country": "France"}
    both = write(tmp_path / "lite.mmdb", {"203.0.113.0/24": record})
    assert NetworkLookup(both, both).lookup("203.0.113.9") == (64500, "FR")


def test_the_registrys_country_is_the_last_resort(tmp_path: Path) -> None:
    record = {"registered_country": {"iso_code": "SE"}}
    country = write(tmp_path / "country.mmdb", {"203.0.113.0/24": record})
    assert NetworkLookup(country_database=country).lookup("203.0.113.9") == (None, "SE")


def test_without_files_the_registries_say_the_country() -> None:
    networks = NetworkLookup()
    assert networks.lookup("8.8.8.8") == (None, "US")
    assert networks.lookup("2001:4860:4860::8888") == (None, "US")


@pytest.mark.parametrize(
    "address",
    [None, "", "AWS Internal", "lambda.amazonaws.com", "10.0.0.1", "::1", "1.2.3.999", "é"],
)
def test_what_is_no_public_address_is_nowhere(tmp_path: Path, address: str | None) -> None:
    asn = write(tmp_path / "asn.mmdb", {"203.0.113.0/24": {"autonomous_system_number": 64500}})
    assert NetworkLookup().lookup(address) == (None, None)
    assert NetworkLookup(asn, asn).lookup(address) == (None, None)


def test_a_file_for_short_addresses_leaves_long_ones_unknown(tmp_path: Path) -> None:
    asn = write(tmp_path / "asn.mmdb", {"203.0.113.0/24": {"autonomous_system_number": 1}}, 4)
    assert NetworkLookup(asn, asn).lookup("2001:db8::1") == (None, None)


@pytest.mark.parametrize("record", [{"asn": "ASx"}, {"asn": -1}, {"asn": ""}, {"country": "Chad"}])
def test_a_strange_record_is_unknown(tmp_path: Path, record: dict[str, object]) -> None:
    both = write(tmp_path / "strange.mmdb", {"203.0.113.0/24": record})
    assert NetworkLookup(both, both).lookup("203.0.113.9") == (None, None)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    networks = NetworkSettings(asn_database=tmp_path / "no.mmdb")
    with pytest.raises(SettingsError, match=r"no\.mmdb: No such file"):
        load_networks(networks)


def test_another_file_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "asn.mmdb"
    path.write_text("address,asn\n")
    expected = re.escape(f"{path}: not a MaxMind DB file: download it again")
    with pytest.raises(SettingsError, match=expected):
        NetworkLookup(path)
