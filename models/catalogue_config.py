"""The shape of the catalogue's files, validated by pydantic."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.data_class import DataClass
from models.operation import Operation, Resolution

Text = Annotated[str, Field(min_length=1, max_length=300)]
Classes = Annotated[tuple[DataClass, ...], Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Call(_Entry):
    name: Text
    service: Text
    data_classes: Classes
    restricted: bool = False
    reads_data: bool = False
    max_records: Annotated[int, Field(ge=1)] | None = None
    resolve: Resolution | None = None
    path: Annotated[str, Field(pattern="^/")]

    def operation(self) -> Operation:
        """Return it as the catalogue keeps it."""
        return Operation(**self.model_dump(exclude={"path", "method"}))


class _ApiCall(_Call):
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]


class _ReportType(_Entry):
    name: Annotated[str, Field(pattern=r"^[A-Z0-9_]{1,100}$")]
    data_classes: Classes
    restricted: bool = False


class _AwsService(_Entry):
    read: tuple[Text, ...] = ()
    list: tuple[Text, ...] = ()
    export: tuple[Text, ...] = ()
    credential: tuple[Text, ...] = ()
    secret: tuple[Text, ...] = ()
    classes: dict[str, Classes] = {}


class _Pattern(_Entry):
    data_class: DataClass
    pattern: Text


class CatalogueConfig(_Entry):
    """All of the catalogue's files, merged.

    Parameters
    ----------
    operations
        Calls of the Selling Partner API by method and path template.
    actions
        Legacy MWS actions by path and name.
    report_types
        What each report type exposes.
    services
        AWS calls by service and kind: ``read``, ``list``, ``export``, ``credential``,
        ``secret``.
    max_records
        Most records of an AWS call by service and name.
    patterns, overrides
        Classes of AWS resources by name.

    Examples
    --------
    >>> CatalogueConfig().operations
    ()
    """

    operations: tuple[_ApiCall, ...] = ()
    actions: tuple[_Call, ...] = ()
    report_types: tuple[_ReportType, ...] = ()
    services: dict[str, _AwsService] = {}
    max_records: dict[str, dict[str, Annotated[int, Field(ge=1)]]] = {}
    patterns: tuple[_Pattern, ...] = ()
    overrides: dict[str, Classes] = {}
