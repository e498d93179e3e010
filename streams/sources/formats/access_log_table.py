"""Maps another access log to the fields of the seller API's log."""

from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator

from models.catalogue.request_path import canonical, decoded, is_clean
from models.errors import SettingsError
from streams.settings.shipped_files import config_directory
from streams.settings.yaml_file import describe, read_yaml
from streams.sources.formats.fields import Record

FieldName = Literal[
    "time", "request_id", "seller_id", "marketplace_id", "application_id", "user_id",
    "credential_id", "grant", "method", "path", "query", "status", "response_bytes", "records",
    "record_ids", "report_type", "source_ip", "user_agent", "body",
]  # fmt: skip
FIELD_NAMES = get_args(FieldName)
# What proxies write for a missing value.
_ABSENT = ("", "-", None)
_MOST_HOPS: Final = 16


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
    forwarded_for
        The keys that may hold ``X-Forwarded-For``; read only if hops are trusted.
    trusted_hops
        How many proxies before this one may be believed. The address of the caller is then this
        many from the right in ``X-Forwarded-For``; what stands left of it the caller has written.
    strip_path_prefixes
        Prefixes to remove from the path, in any spelling.

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
    forwarded_for: tuple[str, ...] = ()
    trusted_hops: Annotated[int, Field(ge=0, le=_MOST_HOPS)] = 0
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
        self._steps = tuple((name, tuple(map(_steps, keys))) for name, keys in self.fields.items())
        self._prefixes = tuple(
            f"{prefix.lower().rstrip('/')}/" for prefix in self.strip_path_prefixes
        )

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
        address = self._forwarded(record) or found.get("source_ip")
        if isinstance(address, str):
            found["source_ip"] = _address(address)
        path = found.get("path")
        if self._prefixes and isinstance(path, str):
            found["path"] = self._without_prefix(path)
        return found

    def _forwarded(self, record: Record) -> str | None:
        """Return the address that the outermost trusted hop has seen."""
        if self.trusted_hops == 0:
            return None
        values = (_value(record, _steps(key)) for key in self.forwarded_for)
        header = next((value for value in values if value not in _ABSENT), None)
        if not isinstance(header, str):
            return None
        # With fewer addresses the call came past the trusted hops: only the peer is known.
        addresses = header.rsplit(",", self.trusted_hops)
        return addresses[-self.trusted_hops] if len(addresses) >= self.trusted_hops else None

    def _without_prefix(self, path: str) -> str:
        """Remove a prefix, however the caller has spelled it."""
        head, mark, query = path.partition("?")
        readings = [head]
        if not all(map(is_clean, head.split("/")[1:])):
            readings += ["/" + "/".join(canonical(head)), "/" + "/".join(decoded(head))]
        for reading in readings:
            folded = reading.lower()
            for prefix in self._prefixes:
                if folded.startswith(prefix):
                    return reading[len(prefix) - 1 :] + mark + query
        return path


def _address(text: str) -> str:
    """Return an address without its port; of several, the one that the nearest proxy wrote."""
    address = text.rpartition(",")[2].strip()
    if address.startswith("["):
        return address[1:].partition("]")[0]
    if address.count(":") == 1 and "." in address:
        return address.partition(":")[0]
    return address


def _steps(key: str) -> tuple[str, ...]:
    return (key, *key.split(".")) if "." in key else (key,)


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
