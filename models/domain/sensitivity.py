"""What a value of a request, a report type or a resource exposes."""

from collections.abc import Iterable
from typing import Final

import msgspec

from models.domain.data_class import DataClass

_RANKS: Final = {data_class: rank for rank, data_class in enumerate(DataClass)}


class Sensitivity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Data classes, and whether a person is identified or a secret is handed out.

    Parameters
    ----------
    data_classes
        Empty if not classified; ``none`` if classified as exposing nothing.
    restricted
        Whether it holds what identifies a person, or a secret.

    Examples
    --------
    >>> Sensitivity(data_classes=(DataClass.PAYMENT,)).restricted
    False
    """

    data_classes: tuple[DataClass, ...] = ()
    restricted: bool = False


def union(classes: Iterable[DataClass]) -> tuple[DataClass, ...]:
    """Order data classes, the most sensitive first; ``none`` is kept only when alone.

    Examples
    --------
    >>> [str(one) for one in union([DataClass.NONE, DataClass.CATALOG, DataClass.CUSTOMER])]
    ['customer', 'catalog']
    """
    ordered = tuple(sorted(set(classes), key=_RANKS.__getitem__))
    return ordered[:-1] if len(ordered) > 1 and ordered[-1] is DataClass.NONE else ordered
