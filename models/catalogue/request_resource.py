"""Names what an AWS call reads, from its request parameters."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from models.catalogue.resource_classes import bucket_of, short_name
from models.catalogue.statement_tables import statement_columns, statement_tables
from models.domain.decoded_text import decoded
from models.tuning.catalogue import (
    REQUEST_RESOURCE_COLUMNS,
    REQUEST_RESOURCE_NAME_CHARACTERS,
    REQUEST_RESOURCE_NAMES,
    REQUEST_RESOURCE_TEXT_CHARACTERS,
)

_STATEMENTS: Final = frozenset(
    {"statement", "statements", "transactStatements", "sql", "queryString"}
)
_OBJECTS: Final = frozenset({"bucketName", "bucket", "x-amz-copy-source"})


def named_resource(parameters: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """Name the resource that is read; several are separated by commas.

    Parameters
    ----------
    parameters
        CloudTrail's ``requestParameters``.
    names
        Parameters that may hold the name; the first that does wins. A dot leads into an
        object. An SQL statement gives only the names of its tables.

    Returns
    -------
    str or None
        None if nothing is named.

    Examples
    --------
    >>> named_resource({"requestItems": {"Orders": {}, "Stock": {}}}, ["requestItems"])
    'Orders,Stock'
    >>> named_resource({"statement": 'SELECT * FROM "Orders" WHERE buyer = 7'}, ["statement"])
    'Orders'
    >>> named_resource({"x-amz-copy-source": "/acme-orders/2026/a.csv"}, ["x-amz-copy-source"])
    'acme-orders'
    """
    for name in names:
        found = list(_names(_dig(parameters, name), name))[:REQUEST_RESOURCE_NAMES]
        if found:
            return ",".join(dict.fromkeys(map(short_name, found)))
    return None


def named_columns(parameters: Mapping[str, Any], names: Sequence[str]) -> tuple[str, list[str]]:
    """Name the tables of a call's statements, and the columns that it reads or describes.

    Columns may be personal: only classify them. Tables are separated by commas.

    Parameters
    ----------
    parameters
        CloudTrail's ``requestParameters``.
    names
        Parameters that hold an SQL statement, several, or a list of columns with their names.

    Examples
    --------
    >>> named_columns({"queryString": "SELECT email FROM t7"}, ["queryString"])
    ('t7', ['email'])
    >>> columns = [{"name": "iban", "type": "string"}]
    >>> named_columns({"tableInput": {"columns": columns}}, ["tableInput.columns"])
    ('', ['iban'])
    """
    tables: dict[str, None] = {}
    found: list[str] = []
    for name in names:
        value = _dig(parameters, name)
        for one in value[:REQUEST_RESOURCE_COLUMNS] if isinstance(value, list) else [value]:
            if isinstance(one, str):
                tables.update((_short(table), None) for table in statement_tables(one))
                found.extend(statement_columns(one))
            elif isinstance(one, dict) and isinstance(column := one.get("name"), str):
                found.append(column[:REQUEST_RESOURCE_NAME_CHARACTERS])
    return ",".join([*tables][:REQUEST_RESOURCE_NAMES]), found[:REQUEST_RESOURCE_COLUMNS]


def _dig(parameters: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - JSON
    if name in parameters or "." not in name:
        return parameters.get(name)
    value: Any = parameters
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _names(value: object, name: str) -> list[str]:
    if isinstance(value, str):
        return _of_text(value, name)
    if isinstance(value, dict):
        return _of_object(value)
    if isinstance(value, list):
        found = (one for entry in value[:REQUEST_RESOURCE_NAMES] for one in _names(entry, name))
        return list(dict.fromkeys(found))
    return []


def _of_object(value: Mapping[str, object]) -> list[str]:
    """Take the table of a request item, or the keys of a map of tables."""
    for inner in ("tableName", "statement", "featureGroupName"):
        if isinstance(text := value.get(inner), str):
            return _of_text(text, inner)
    if isinstance(value.get("get"), dict):
        return _names(value["get"], "get")
    return [_short(name) for key in value if (name := decoded(str(key)))]


def _of_text(text: str, name: str) -> list[str]:
    if name in _STATEMENTS:
        return [_short(table) for table in statement_tables(text)]
    text = decoded(text[:REQUEST_RESOURCE_TEXT_CHARACTERS]) or ""
    if name in _OBJECTS:
        text = bucket_of(text)
    elif name == "shardIterator":
        text = text.partition("|")[0]
    return [_short(text)] if text else []


def _short(name: str) -> str:
    """Shorten a name and take out commas, because commas separate names."""
    return name[:REQUEST_RESOURCE_NAME_CHARACTERS].replace(",", "_")
