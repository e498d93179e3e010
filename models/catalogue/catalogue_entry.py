"""One entry of the catalogue, as its file holds it."""

from typing import Annotated, Literal

import msgspec

from models.domain.data_class import DataClass
from models.domain.operation import Operation
from models.domain.sensitivity import Sensitivity

Kind = Literal["report_type", "notification_type", "restricted_resource"]


class CatalogueEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An operation, and what its request may add to it.

    Parameters
    ----------
    name, service, data_classes, restricted, max_records
        As in `Operation`, for a request that adds nothing.
    when
        The sensitivity that each value of a request parameter adds.
    depends_on
        What else in the request decides: the type of a report or a subscription, or the calls
        that a restricted data token allows.
    by_resource
        Whether the name of the resource decides the classes.
    resource
        Request parameters that name the resource, tried in this order.
    columns
        Request parameters that name columns of it: SQL statements, and lists of columns.

    Examples
    --------
    >>> entry = CatalogueEntry(name="GetItem", service="dynamodb", by_resource=True)
    >>> entry.is_fixed, entry.operation.name
    (False, 'GetItem')
    """

    name: str
    service: str
    data_classes: tuple[DataClass, ...] = ()
    restricted: bool = False
    max_records: Annotated[int, msgspec.Meta(ge=1)] | None = None
    when: dict[str, dict[str, Sensitivity]] = {}
    depends_on: Kind | None = None
    by_resource: bool = False
    resource: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Whether no request can change it."""
        return not (self.when or self.depends_on or self.by_resource)

    @property
    def operation(self) -> Operation:
        """The operation of a request that adds nothing."""
        return Operation(
            name=self.name, service=self.service, data_classes=self.data_classes,
            restricted=self.restricted, max_records=self.max_records,
        )  # fmt: skip
