"""The file that says which data classes a user's buckets, tables and databases hold."""

import re
from pathlib import Path
from typing import Final

import msgspec

from models.catalogue.name_words import WordList, words_of
from models.domain.data_class import DataClass
from models.domain.sensitivity import Sensitivity
from models.errors import SettingsError
from streams.settings.yaml_file import read_yaml

# A method and a path, such as ``GET /internal/export/{}``.
ROUTE: Final = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE|HEAD) /\S*")


class ResourcePattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A regular expression over names, and the data class of a match."""

    pattern: str
    data_class: DataClass


class ResourceWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of names, and what they say: see `models.catalogue.name_words.WordList`."""

    words: list[str]
    data_class: DataClass | None = None
    endings: list[str] = []
    inside: bool = False
    # For whoever reads the file.
    language: str = ""

    def as_list(self) -> WordList:
        """Return it as the catalogue knows it."""
        return WordList(self.data_class, tuple(self.words), tuple(self.endings), self.inside)


class ResourceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words and patterns, and the sensitivity of single resources, which takes precedence.

    Parameters
    ----------
    patterns
        Each pattern that matches a name adds its class.
    resources
        By name, by service and name (``s3:acme-export``), or by ARN.
    words
        Each word of a name adds its class; a later list wins over an earlier one.
    columns
        The same for the names of a table's columns.
    paths
        Requests of a seller API that the catalogue does not know, by method and path.
    """

    patterns: list[ResourcePattern] = []
    resources: dict[str, Sensitivity] = {}
    words: list[ResourceWords] = []
    columns: list[ResourceWords] = []
    paths: dict[str, Sensitivity] = {}


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
    for route in file.paths:
        if not ROUTE.fullmatch(route):
            message = f"{path}: path '{route}': expected a method and a path: correct the file"
            raise SettingsError(message)
    for words in (*file.words, *file.columns):
        if wordless := next((word for word in words.words if not words_of(word)), None):
            message = f"{path}: word '{wordless}': it has no letters: correct the file"
            raise SettingsError(message)
    for entry in file.patterns:
        try:
            re.compile(entry.pattern)
        except re.error as error:
            message = f"{path}: pattern '{entry.pattern}': {error}: correct the file"
            raise SettingsError(message) from error
    return file
