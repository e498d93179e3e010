"""The features of a window: what is counted, in which order, on which scale."""

import math
from typing import Final

from models.domain.data_class import DataClass

# A class is counted in records. Without a number in the log, they are estimated from the bytes, or
# are the objects that the call names; a call that names none counts as one.
FEATURES: Final = (
    "calls", "records", "bytes", "customer_records", "payment_records", "financial_records",
    "supplier_records", "workforce_records", "inventory_records", "unclassified_records",
    "new_subjects", "subjects", "largest_read", "failures", "secrets",
)  # fmt: skip
CALLS: Final = 0
RECORDS: Final = 1
BYTES: Final = 2
FIRST_CLASS: Final = 3
UNCLASSIFIED: Final = 9
# Subjects that the principal has never read before; the classes end here.
NEW_SUBJECTS: Final = 10
SUBJECTS: Final = 11
LARGEST_READ: Final = 12
FAILURES: Final = 13
SECRETS: Final = 14
# Days are kept only for the first ones: volumes that add up.
DAY_FEATURES: Final = 11
CLASS_OF: Final = {
    DataClass.CUSTOMER: 3,
    DataClass.PAYMENT: 4,
    DataClass.FINANCIAL: 5,
    DataClass.SUPPLIER: 6,
    DataClass.WORKFORCE: 7,
    DataClass.INVENTORY: 8,
    DataClass.UNCLASSIFIED: UNCLASSIFIED,
}
MISSING: Final = -1.0
# Bins of half a natural-log unit reach half a billion; larger values share the last bin.
BINS: Final = 40
_BINS_PER_UNIT: Final = 2.0
# Larger counts become this one, because the logarithm of infinity has no bin.
LARGEST_VALUE: Final = 1e18
# The bins of smaller values are looked up.
SMALL_VALUES: Final = 4096.0
SMALL_BINS: Final = bytes(
    int(math.log1p(value) * _BINS_PER_UNIT) for value in range(int(SMALL_VALUES))
)


def bin_of(value: float) -> int:
    """Return the bin of a value; 0 unless it is a positive number.

    Examples
    --------
    >>> bin_of(0.0), bin_of(20.0), bin_of(float("nan")), bin_of(1e30)
    (0, 6, 0, 39)
    """
    if not value > 0:
        return 0
    if value < SMALL_VALUES:
        return SMALL_BINS[int(value)]
    return min(BINS - 1, int(math.log1p(min(value, LARGEST_VALUE)) * _BINS_PER_UNIT))


def edge_above(index: int) -> float:
    """Return the smallest value above a bin.

    Examples
    --------
    >>> edge_above(6), bin_of(edge_above(6)), edge_above(BINS - 1)
    (33.0, 7, inf)
    """
    return _EDGES[index]


def middle_of(index: float) -> float:
    """Return the value in the middle of a bin.

    Examples
    --------
    >>> round(middle_of(6))
    25
    """
    return math.expm1((index + 0.5) / _BINS_PER_UNIT) if index >= 1 else 0.0


def _edges() -> tuple[float, ...]:
    edges = [math.ceil(math.expm1((index + 1) / _BINS_PER_UNIT)) for index in range(BINS - 1)]
    return (*map(float, edges), math.inf)


_EDGES: Final = _edges()


def times_usual(bins: int) -> float:
    """Return the factor between two values that are some bins apart.

    Examples
    --------
    >>> times_usual(0), round(times_usual(3), 1)
    (1.0, 4.5)
    """
    return math.exp(bins / _BINS_PER_UNIT)
