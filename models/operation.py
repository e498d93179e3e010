"""One operation of an API and the data that it exposes."""

from pydantic import BaseModel, ConfigDict

from models.data_class import DataClass


class Operation(BaseModel):
    """An operation that a log can name.

    Parameters
    ----------
    name
        As its API's documentation calls it, such as ``getOrders``.
    service
        Part of the API, such as ``orders`` or ``s3``.
    data_classes
        What a successful call exposes, most sensitive first.
    restricted
        Whether it hands out personal data that Amazon restricts.
    max_records
        Most rows that one call returns; None where there is no limit.

    Examples
    --------
    >>> Operation(name="getOrders", service="orders", data_classes=("customer",)).restricted
    False
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    service: str
    data_classes: tuple[DataClass, ...] = ()
    restricted: bool = False
    max_records: int | None = None
