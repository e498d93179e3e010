"""What one call exposes, as printed by `sellerwatch classify`."""

import msgspec

from models.domain.data_class import DataClass
from models.domain.operation import Operation


class Classification(msgspec.Struct, frozen=True, kw_only=True):
    """An answer of the catalogue; no operation means that the call is unknown.

    Parameters
    ----------
    operation, service, restricted, max_records
        As in `models.domain.operation.Operation`; None where the call is unknown.
    data_classes
        As in `models.domain.operation.Operation`; empty where unknown.
    suggestion
        The known call closest to an unknown one.

    Examples
    --------
    >>> Classification.of(Operation(name="getOrders", service="orders")).operation
    'getOrders'
    """

    operation: str | None = None
    service: str | None = None
    data_classes: tuple[DataClass, ...] = ()
    restricted: bool | None = None
    max_records: int | None = None
    suggestion: str | msgspec.UnsetType = msgspec.UNSET

    @classmethod
    def of(cls, operation: Operation) -> "Classification":
        """Describe a known operation."""
        return cls(
            operation=operation.name, service=operation.service,
            data_classes=operation.data_classes, restricted=operation.restricted,
            max_records=operation.max_records,
        )  # fmt: skip

    @classmethod
    def unknown(cls, suggestion: str) -> "Classification":
        """Describe an unknown call."""
        return cls(suggestion=suggestion)
