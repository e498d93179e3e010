"""One operation of an API and the data that it exposes."""

import msgspec

from models.domain.data_class import DataClass


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """An operation that a log names, resolved from its request.

    Parameters
    ----------
    name
        As its API's documentation calls it, such as ``getOrders``.
    service
        Part of the API, such as ``orders`` or ``s3``.
    data_classes
        What a successful call exposes to its caller, at once or by what it sets up (an
        export, a shared snapshot, a subscription), most sensitive first. Empty if unknown,
        ``none`` if it exposes nothing.
    restricted
        Whether it hands out what identifies a person (name, address, mail, phone, tax id), or
        a secret.
    max_records
        Most records that one call returns; None if no limit is documented.

    Examples
    --------
    >>> Operation(name="getOrders", service="orders").restricted
    False
    """

    name: str
    service: str
    data_classes: tuple[DataClass, ...] = ()
    restricted: bool = False
    max_records: int | None = None
