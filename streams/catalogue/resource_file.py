"""The file that says which data classes a user's buckets, tables and databases hold."""

import re
from pathlib import Path

import msgspec

from models.domain.data_class import DataClass
from models.domain.sensitivity import Sensitivity
from models.errors import SettingsError
from streams.settings.yaml_file import read_yaml


class ResourcePattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A regular expression over names, and the data class of a match."""

    pattern: str
    data_class: DataClass


class ResourceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Patterns, and the sensitivity of single resources, which takes precedence.

    Parameters
    ----------
    patterns
        Each pattern that matches a name adds its class.
    resources
        By name, by service and name (``s3:acme-export``), or by ARN.
    """

    patterns: list[ResourcePattern] = []
    resources: dict[str, Sensitivity] = {}


def read_resource_file(path: Path) -> ResourceFile:
    """Read a resource file.

    Raises
    ------
    SettingsError
        If it cannot be read, or is wrong.
    """
    try:
        file = msgspec.convert(read_yaml(path), ResourceFile)
    except msgspec.ValidationError as error:
        message = f"{path}: {error}: correct the file"
        raise SettingsError(message) from error
    for entry in file.patterns:
        try:
            re.compile(entry.pattern)
        except re.error as error:
            message = f"{path}: pattern '{entry.pattern}': {error}: correct the file"
            raise SettingsError(message) from error
    return file
