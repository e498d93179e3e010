"""Reads YAML files of a limited size; reports errors in one line."""

from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from models.errors import SettingsError

LIMIT_BYTES: Final = 8_000_000

# libyaml reads the hundred files of the catalogue ten times as fast as the Python loader.
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# PyYAML lets errors of its value parsers through, such as for a bad date or `!!bool x`.
_NOT_YAML: Final = (
    yaml.YAMLError,
    ValueError,
    LookupError,
    AttributeError,
    RecursionError,
)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping; an empty file is an empty mapping.

    Raises
    ------
    SettingsError
        If it cannot be read, is larger than 8 MB, is not YAML, or does not hold a mapping from
        names.

    Examples
    --------
    >>> from streams.settings.shipped_files import config_directory
    >>> list(read_yaml(config_directory() / "principals.yaml"))
    ['principals']
    """
    values = _load(path)
    if values is None:
        return {}
    if not isinstance(values, dict):
        message = (
            f"{path}: expected 'setting: value' pairs, found {type(values).__name__}: "
            "correct the file"
        )
        raise SettingsError(message)
    for name in values:
        if not isinstance(name, str):
            message = f"{path}: {name!r} is not the name of a setting: put it in quotes"
            raise SettingsError(message)
    return values


def describe(error: ValidationError, where: str) -> str:
    """Say in one line which setting is wrong, and why, without its value.

    Examples
    --------
    >>> from streams.settings.sections import TopicSettings
    >>> try:
    ...     TopicSettings(partitions=0)
    ... except ValidationError as error:
    ...     describe(error, "mine.yaml").split(": see")[0]
    'mine.yaml: partitions: Input should be greater than or equal to 1'
    """
    first = error.errors(include_input=False, include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"]) or "settings"
    more = error.error_count() - 1
    tail = f" (and {more} more)" if more else ""
    return f"{where}: {name}: {first['msg']}{tail}: see 'sellerwatch config show'"


def _load(path: Path) -> Any:  # noqa: ANN401 - YAML
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT_BYTES + 1)
    except OSError as error:
        message = f"{path}: {error.strerror or error}: name a readable file"
        raise SettingsError(message) from error
    if len(content) > LIMIT_BYTES:
        message = f"{path}: larger than {LIMIT_BYTES:,} bytes: shorten the file"
        raise SettingsError(message)
    try:
        return yaml.load(content, _Loader)  # noqa: S506 - a safe loader
    except _NOT_YAML as error:
        message = f"{path}: not YAML: {' '.join(str(error).split())}: correct the file"
        raise SettingsError(message) from error
