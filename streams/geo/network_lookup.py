"""Looks up the network and country of an address in files."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import iptocc
import maxminddb

from models.errors import SettingsError
from streams.settings.sections import NetworkSettings

Network = tuple[int | None, str | None]

_REMEMBERED: Final = 65_536
_NOWHERE: Final[Network] = (None, None)


class NetworkLookup:
    """Looks up addresses in MaxMind DB files, else in the installed registry list.

    It never uses the network. It caches the last 65,536 addresses.

    Parameters
    ----------
    asn_database
        MaxMind DB file with networks (GeoLite2 ASN, DB-IP ASN Lite, IPinfo Lite); without
        one, AS numbers are unknown.
    country_database
        MaxMind DB file with countries or cities; without one, the country is
        the one that the regional internet registry assigned the address to.

    Raises
    ------
    SettingsError
        If a file is missing or is not a MaxMind DB.

    Examples
    --------
    >>> NetworkLookup().lookup("8.8.8.8")
    (None, 'US')
    >>> NetworkLookup().lookup("lambda.amazonaws.com")
    (None, None)
    """

    def __init__(
        self, asn_database: Path | None = None, country_database: Path | None = None
    ) -> None:
        self._asn = None if asn_database is None else _open(asn_database)
        self._country = None if country_database is None else _open(country_database)
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._find)

    def lookup(self, address: str | None) -> Network:
        """Return the AS number and the country (ISO 3166) of an address; None if unknown."""
        return _NOWHERE if address is None else self._remembered(address)

    def _find(self, address: str) -> Network:
        asn = _asn(_record(self._asn, address))
        if self._country is None:
            return asn, iptocc.country_code(address)
        return asn, _country(_record(self._country, address))


def load_networks(networks: NetworkSettings) -> NetworkLookup:
    """Make the lookup that the settings describe.

    Raises
    ------
    SettingsError
        If a file is missing or is not a MaxMind DB.
    """
    return NetworkLookup(networks.asn_database, networks.country_database)


def _open(path: Path) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(path)
    except OSError as error:
        message = f"{path}: {error.strerror or error}: name a readable MaxMind DB file"
        raise SettingsError(message) from error
    except maxminddb.InvalidDatabaseError as error:
        message = f"{path}: not a MaxMind DB file: download it again"
        raise SettingsError(message) from error


def _record(database: maxminddb.Reader | None, address: str) -> Mapping[str, Any]:
    try:
        found = None if database is None else database.get(address)
    except (ValueError, maxminddb.InvalidDatabaseError):
        # Not an address, or one that this file cannot hold.
        return {}
    return found if isinstance(found, dict) else {}


def _asn(record: Mapping[str, Any]) -> int | None:
    """Read the AS number, which MaxMind and DB-IP write as a number and IPinfo as AS15169."""
    value = record.get("autonomous_system_number", record.get("asn"))
    if isinstance(value, str):
        digits = value.removeprefix("AS")
        return int(digits) if digits.isascii() and digits.isdigit() else None
    return value if isinstance(value, int) and value > 0 else None


def _country(record: Mapping[str, Any]) -> str | None:
    """Read the country, which MaxMind and DB-IP write as an object and IPinfo as a text."""
    for name in ("country", "country_code", "registered_country"):
        value = record.get(name)
        code = value.get("iso_code") if isinstance(value, dict) else value
        if isinstance(code, str) and len(code) == 2 and code.isalpha():
            return code.upper()
    return None
