"""Reads the catalogue of operations from its files."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.catalogue import Catalogue
from models.errors import SettingsError
from streams.resources import config_directory
from streams.settings import read_yaml


def load_catalogue(directory: Path | None = None) -> Catalogue:
    """Read the catalogue.

    Parameters
    ----------
    directory
        Folder of its five files; None takes the shipped ones.

    Raises
    ------
    SettingsError
        If a file is missing or wrong.

    Examples
    --------
    >>> load_catalogue().mws["ListOrders"].service
    'orders'
    """
    folder = config_directory() / "catalogue" if directory is None else directory
    operations = _section(folder, "seller_api", list)
    values = {
        "routes": [_route(folder / "seller_api.yaml", entry) for entry in operations],
        "mws": _section(folder, "mws", dict),
        "calls": _section(folder, "aws", dict),
        "reports": _reports(folder),
        "resource_patterns": [
            (entry.get("pattern"), entry.get("data_class")) if isinstance(entry, dict) else entry
            for entry in _section(folder, "resources", list)
        ],
    }
    try:
        return Catalogue(**values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        message = f"{folder}: {name}: {first['msg']}: correct the catalogue"
        raise SettingsError(message) from error


def _section(folder: Path, name: str, kind: type) -> Any:  # noqa: ANN401 - YAML
    path = folder / f"{name}.yaml"
    section = read_yaml(path).get(name)
    if not isinstance(section, kind):
        message = f"{path}: expected the key '{name}' with a {kind.__name__}: correct the file"
        raise SettingsError(message)
    return section


def _route(path: Path, entry: Any) -> tuple[Any, Any, dict[str, Any]]:  # noqa: ANN401 - YAML
    if not isinstance(entry, dict):
        message = f"{path}: expected 'method, path, name, service', found {type(entry).__name__}"
        raise SettingsError(message)
    rest = {key: value for key, value in entry.items() if key not in ("method", "path")}
    return entry.get("method"), entry.get("path"), rest


def _reports(folder: Path) -> dict[str, Any]:
    reports: dict[str, Any] = {}
    for report_type, entry in _section(folder, "reports", dict).items():
        if not isinstance(entry, dict):
            message = f"{folder / 'reports.yaml'}: {report_type}: expected data_classes"
            raise SettingsError(message)
        reports[report_type] = {"name": "getReportDocument", "service": "reports"} | entry
    return reports
