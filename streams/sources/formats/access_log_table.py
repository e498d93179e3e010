"""Maps another access log to the fields of the seller API's log."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator

from models.errors import SettingsError
from streams.settings.shipped_files import config_directory
from streams.settings.yaml_file import describe, read_yaml
from streams.sources.formats.fields import Record

FieldName = Literal[
    "time", "request_id", "seller_id", "marketplace_id", "application_id", "user_id",
    "credential_id", "grant", "method", "path", "query", "status", "response_bytes", "records",
    "record_ids", "report_type", "source_ip", "user_agent",
]  # fmt: skip
FIELD_NAMES = get_args(FieldName)
# What proxies write for a missing value.
_ABSENT = ("", "-", None)


class AccessLogTable(BaseModel):
    """A table that maps each field to its keys.

    Parameters
    ----------
    name
        Its name for ``--format``.
    detect
        A record with all of these keys uses this table.
    fields
        The keys that may hold each field; the first key with a value wins, and a dot steps
        into an object.
    fixed
        Values of fields that the log does not have.
    strip_path_prefixes
        Prefixes to remove from the path.

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
        """Whether a record has the keys that identify this log."""
        return all(key in record for key in self.detect)

    def to_seller_api(self, record: Record) -> dict[str, Any]:
        """Rewrite a record in the form of the seller API's log."""
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
    """Return the client, the first address of X-Forwarded-For, without its port."""
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
    """Load every table; the file name is the name of the format.

    Parameters
    ----------
    directory
        Folder of the tables; None means the shipped ones.

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
