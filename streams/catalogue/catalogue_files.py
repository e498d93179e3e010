"""Reads the catalogue of operations from its files."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from models.catalogue.catalogue import Catalogue
from models.catalogue.catalogue_entry import CatalogueEntry
from models.catalogue.name_words import NameWords
from models.catalogue.resource_classes import ResourceClasses
from models.domain.sensitivity import Sensitivity, union
from models.errors import SettingsError
from streams.catalogue.hinting_catalogue import HintingCatalogue
from streams.catalogue.resource_file import ROUTE, ResourceFile, read_resource_file
from streams.settings.shipped_files import config_directory
from streams.settings.yaml_file import read_yaml

_Value = TypeVar("_Value")

_AWS_HOST: Final = "amazonaws.com"


def load_catalogue(directory: Path | None = None, resource_files: Sequence[Path] = ()) -> Catalogue:
    """Read the catalogue.

    Parameters
    ----------
    directory
        Folder of its files; None means the shipped one.
    resource_files
        The user's own resource files; a later file overrides an earlier one.

    Raises
    ------
    SettingsError
        If a file is missing or wrong.

    Examples
    --------
    >>> load_catalogue().mws["ListOrders"].service
    'orders'
    """
    return Catalogue(**_parts(directory, resource_files))


def load_hinting_catalogue(
    directory: Path | None = None, resource_files: Sequence[Path] = ()
) -> HintingCatalogue:
    """Read the same for a report on what nobody has classified.

    Raises
    ------
    SettingsError
        If a file is missing or wrong.
    """
    return HintingCatalogue(**_parts(directory, resource_files))


def load_resource_classes(files: Sequence[Path] = ()) -> ResourceClasses:
    """Read the shipped words and the user's own resource files.

    Raises
    ------
    SettingsError
        If a file is missing or wrong.
    """
    return _resource_classes(_resource_files(files))


def _parts(directory: Path | None, resource_files: Sequence[Path]) -> dict[str, Any]:
    folder = config_directory() / "catalogue" if directory is None else directory
    files = _resource_files(resource_files)
    return dict(
        routes=_own_routes(files) | dict(_routes(folder / "seller_api")),
        mws={
            name: _convert(folder / "mws.yaml", name, {"name": name} | entry, CatalogueEntry)
            for name, entry in _section(folder / "mws.yaml", "mws").items()
        },
        calls=dict(_calls(folder / "aws")),
        reports=_sensitivities(folder / "reports.yaml", "reports"),
        notifications=_sensitivities(folder / "notifications.yaml", "notifications"),
        resources=_resource_classes(files),
    )


def _resource_files(files: Sequence[Path]) -> list[ResourceFile]:
    return [read_resource_file(path) for path in (config_directory() / "resources.yaml", *files)]


def _resource_classes(files: Sequence[ResourceFile]) -> ResourceClasses:
    return ResourceClasses(
        [(one.pattern, one.data_class) for file in files for one in file.patterns],
        {name: what for file in files for name, what in file.resources.items()},
        NameWords(one.as_list() for file in files for one in file.words),
        NameWords(one.as_list() for file in files for one in file.columns),
    )


def _own_routes(files: Sequence[ResourceFile]) -> dict[str, CatalogueEntry]:
    """Return the user's own paths; none of them replaces a path of the seller API."""
    return {
        route: CatalogueEntry(
            name=route, service=_service_of(route), data_classes=union(what.data_classes),
            restricted=what.restricted,
        )
        for file in files
        for route, what in file.paths.items()
    }  # fmt: skip


def _service_of(route: str) -> str:
    first = route.partition(" /")[2].partition("/")[0]
    return "unknown" if first == "" or first.startswith("{") else first


def _routes(folder: Path) -> Iterator[tuple[str, CatalogueEntry]]:
    for path in _files(folder):
        service = path.stem.split("_")[0] + "".join(map(str.title, path.stem.split("_")[1:]))
        for route, entry in _section(path, "operations").items():
            if not isinstance(route, str) or not ROUTE.fullmatch(route):
                message = f"{path}: {route}: expected a method and a path: correct the catalogue"
                raise SettingsError(message)
            yield route, _convert(path, route, {"service": service} | entry, CatalogueEntry)


def _calls(folder: Path) -> Iterator[tuple[str, CatalogueEntry]]:
    for path in _files(folder):
        content = read_yaml(path)
        defaults = {"service": path.stem, "resource": content.get("resource", [])}
        for name, entry in _mappings(path, content, "calls").items():
            values = {"name": name} | defaults | entry
            yield f"{path.stem}.{_AWS_HOST}:{name}", _convert(path, name, values, CatalogueEntry)


def _sensitivities(path: Path, section: str) -> dict[str, Sensitivity]:
    entries = _section(path, section).items()
    return {name: _convert(path, name, entry, Sensitivity) for name, entry in entries}


def _files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.yaml"))
    if not files:
        message = f"{folder}: no catalogue files: name the folder that holds them"
        raise SettingsError(message)
    return files


def _section(path: Path, name: str) -> dict[Any, dict[str, Any]]:
    return _mappings(path, read_yaml(path), name)


def _mappings(path: Path, content: dict[str, Any], name: str) -> dict[Any, dict[str, Any]]:
    section = content.get(name)
    if not isinstance(section, dict) or not all(isinstance(one, dict) for one in section.values()):
        message = f"{path}: expected the key '{name}' with a mapping of mappings: correct the file"
        raise SettingsError(message)
    return section


def _convert(path: Path, name: str, values: dict[str, Any], kind: type[_Value]) -> _Value:
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        message = f"{path}: {name}: {error}: correct the catalogue"
        raise SettingsError(message) from error
