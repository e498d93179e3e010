"""What kind of data a call exposes."""

from enum import StrEnum
from typing import Final


class DataClass(StrEnum):
    """A class of seller data, ordered by how much its loss hurts.

    Examples
    --------
    >>> DataClass("customer").is_sensitive
    True
    >>> DataClass.CATALOG.is_sensitive
    False
    """

    CUSTOMER = "customer"
    PAYMENT = "payment"
    FINANCIAL = "financial"
    SUPPLIER = "supplier"
    WORKFORCE = "workforce"
    INVENTORY = "inventory"
    # Data was returned, and nobody has said which: the caller may have hidden what it called.
    UNCLASSIFIED = "unclassified"
    CATALOG = "catalog"
    NONE = "none"

    # Enum's own is a Python function, too slow for a look-up for every event.
    __hash__ = str.__hash__

    @property
    def is_sensitive(self) -> bool:
        """Whether a bulk read of this class is worth a page."""
        return self not in _HARMLESS

    @property
    def is_personal(self) -> bool:
        """Whether it holds personal data, so that a leak must be notified."""
        return self in _PERSONAL


_HARMLESS: Final = frozenset({DataClass.CATALOG, DataClass.NONE})
_PERSONAL: Final = frozenset({DataClass.CUSTOMER, DataClass.PAYMENT, DataClass.WORKFORCE})
