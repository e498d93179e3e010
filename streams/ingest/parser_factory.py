"""Makes the parser of raw records from the settings."""

import secrets

from models.catalogue.catalogue import Catalogue
from models.domain.redaction import SubjectHasher
from models.errors import InputError
from streams.catalogue.catalogue_files import load_catalogue
from streams.geo.network_lookup import load_networks
from streams.settings.secrets import redaction_key
from streams.settings.settings import Settings
from streams.sources.formats.access_log_table import load_tables
from streams.sources.formats.event_parser import FORMATS, EventParser


def make_parser(
    settings: Settings, fmt: str, key: bytes | None = None, catalogue: Catalogue | None = None
) -> EventParser:
    """Make the parser; without a redaction key, use one for this run only.

    Parameters
    ----------
    settings, fmt
        Where the files are, and the format of the input.
    key
        The redaction key; None takes the one that the settings name.
    catalogue
        What the calls expose; None reads the one that the settings name.

    Raises
    ------
    InputError
        If the format is not known.
    SettingsError
        If the catalogue or the key is wrong.
    """
    tables = load_tables(settings.sources.tables_directory)
    known = (*FORMATS, *(table.name for table in tables))
    if fmt not in known:
        message = f"--format {fmt}: unknown: choose one of {', '.join(known)}"
        raise InputError(message)
    key = key or redaction_key(settings.sources) or secrets.token_bytes(32)
    return EventParser(
        catalogue
        or load_catalogue(settings.catalogue.directory, settings.catalogue.resource_files),
        SubjectHasher(key),
        fmt=fmt,
        tables=tables,
        record_limit_bytes=settings.sources.record_limit_bytes,
        budget=settings.sources.budget,
        find_network=load_networks(settings.networks).lookup,
    )
