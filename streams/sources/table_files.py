"""Reads the tables of other access logs from config/sources."""

from pathlib import Path

from pydantic import ValidationError

from models.errors import SettingsError
from streams.resources import config_directory
from streams.settings import describe, read_yaml
from streams.sources.access_log_table import AccessLogTable


def load_tables(directory: Path | None = None) -> tuple[AccessLogTable, ...]:
    """Read every table; the name of a file is the name of its format.

    Parameters
    ----------
    directory
        Folder of the tables; None takes the shipped ones.

    Raises
    ------
    SettingsError
        If the folder or a table is wrong.

    Examples
    --------
    >>> [table.name for table in load_tables()]
    ['api_gateway', 'envoy', 'nginx']
    """
    folder = config_directory() / "sources" if directory is None else directory
    if not folder.is_dir():
        message = f"sources.tables_directory: {folder} is no folder: name the one with your tables"
        raise SettingsError(message)
    return tuple(_load(path) for path in sorted(folder.glob("*.yaml")))


def _load(path: Path) -> AccessLogTable:
    try:
        return AccessLogTable(**({"name": path.stem} | read_yaml(path)))
    except ValidationError as error:
        raise SettingsError(describe(error, str(path))) from error
