"""Maps another access log onto the fields of the seller API's own."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator

from models.errors import SettingsError
from streams.settings.settings import describe, read_yaml
from streams.settings.shipped_files import config_directory
from streams.sources.formats.fields import Record

FieldName = Literal[
    "time", "request_id", "seller_id", "marketplace_id", "application_id", "user_id",
    "credential_id", "grant", "method", "path", "query", "status", "response_bytes", "records",
    "record_ids", "report_type", "source_ip", "user_agent",
]  # fmt: skip
FIELD_NAMES = get_args(FieldName)
# What proxies write for "there is none".
_ABSENT = ("", "-", None)


class AccessLogTable(BaseModel):
    """A table of which key holds which field.

    Parameters
    ----------
    name
        What ``--format`` calls it.
    detect
        A record with all of these keys is read with this table.
    fields
        For each field the keys that may hold it; the first one with a value wins, and a dot
        steps into an object.
    fixed
        Values of fields that the log does not carry.
    strip_path_prefixes
        Taken away from the front of the path.

    Examples
    --------
    >>> table = AccessLogTable(name="mine", detect=["uri"], fields={"path": ["uri"]},
    ...                        strip_path_prefixes=["/prod"])
    >>> table.to_seller_api({"uri": "/prod/orders/v0/orders"})
    {'path': '/orders/v0/orders'}
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    detect: Annotated[tuple[str, ...], Field(min_length=1)]
    fields: dict[FieldName, tuple[str, ...]]
    fixed: dict[str, str] = {}
    strip_path_prefixes: tuple[str, ...] = ()

    _steps: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = PrivateAttr(default=())
    _prefixes: tuple[str, ...] = PrivateAttr(default=())

    @field_validator("fixed")
    @classmethod
    def _fixed_names_are_ours(cls, fixed: dict[str, str]) -> dict[str, str]:
        for name in fixed:
            if name not in FIELD_NAMES:
                message = f"{name} is not a field: choose from {', '.join(FIELD_NAMES)}"
                raise ValueError(message)
        return fixed

    def model_post_init(self, _context: Any, /) -> None:  # noqa: ANN401 - pydantic's signature
        """Split the dotted keys once."""
        self._steps = tuple(
            (name, tuple((key, *key.split(".")) if "." in key else (key,) for key in keys))
            for name, keys in self.fields.items()
        )
        self._prefixes = tuple(f"{prefix.rstrip('/')}/" for prefix in self.strip_path_prefixes)

    def fits(self, record: Record) -> bool:
        """Whether a record has the keys that give this log away."""
        return all(key in record for key in self.detect)

    def to_seller_api(self, record: Record) -> dict[str, Any]:
        """Write a record as the seller API's log would."""
        found: dict[str, Any] = {**self.fixed}
        for name, keys in self._steps:
            for steps in keys:
                value = _value(record, steps)
                if value not in _ABSENT:
                    found[name] = value
                    break
        address = found.get("source_ip")
        if isinstance(address, str):
            found["source_ip"] = _client(address)
        path = found.get("path")
        if isinstance(path, str) and path.startswith(self._prefixes):
            prefix = next(prefix for prefix in self._prefixes if path.startswith(prefix))
            found["path"] = path[len(prefix) - 1 :]
        return found


def _client(address: str) -> str:
    """Return the client: X-Forwarded-For names it first; a port may follow."""
    client = address.partition(",")[0].strip()
    if client.count(":") == 1 and "." in client:
        return client.partition(":")[0]
    return client


def _value(record: Record, steps: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    value: Any = record.get(steps[0])
    if len(steps) == 1 or value is not None:
        return value
    value = record
    for step in steps[1:]:
        value = value.get(step) if isinstance(value, dict) else None
    return value


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
        message = (
            f"sources.tables_directory: {folder} is not a folder: name the one with your tables"
        )
        raise SettingsError(message)
    return tuple(_load(path) for path in sorted(folder.glob("*.yaml")))


def _load(path: Path) -> AccessLogTable:
    try:
        return AccessLogTable(**({"name": path.stem} | read_yaml(path)))
    except ValidationError as error:
        raise SettingsError(describe(error, str(path))) from error
