"""The calls of simulated principals."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from models.domain.data_class import DataClass
from streams.settings.yaml_file import read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A call of the seller API or of AWS, and how much it returns.

    Parameters
    ----------
    name
        Operation of the API, or CloudTrail's ``eventName``.
    target
        Path with at most one ``{id}``; for AWS the bucket, table, secret or database.
    method
        HTTP method; for AWS the ``eventSource``.
    query
        Query parameters that every call has.
    data_classes
        Classes that a successful call exposes.
    subject
        Kind of ids that it returns: ``buyer``, ``supplier``, ``transaction``, ``sku`` or empty.
    rows_median, rows_sigma
        Lognormal size of a whole read, in rows.
    page_rows
        Most rows in one answer; a larger read is paged.
    row_bytes
        Mean size of a row, in bytes.
    report_type
        Type of the fetched report.
    since
        Parameter that says from when on data is wanted; empty if it takes none.
    """

    name: str
    target: str
    method: str = "GET"
    query: tuple[tuple[str, str], ...] = ()
    data_classes: tuple[DataClass, ...] = ()
    subject: str = ""
    rows_median: float = 1.0
    rows_sigma: float = 0.0
    page_rows: int = 100
    row_bytes: int = 400
    report_type: str | None = None
    since: str = ""


@cache
def operations() -> Mapping[str, Operation]:
    """Load the operations from `operations.yaml` in this folder.

    Examples
    --------
    >>> operations()["orders"].target
    '/orders/v0/orders'
    """
    values = read_yaml(Path(__file__).with_name("operations.yaml"))
    return MappingProxyType(msgspec.convert(values, dict[str, Operation]))
