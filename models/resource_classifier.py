"""Judges by its name what a bucket, table or database holds."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from models.data_class import DataClass
from models.errors import SettingsError

_CACHE_NAMES: Final = 20_000
_ORDER: Final = {data_class: rank for rank, data_class in enumerate(DataClass)}


class ResourceClassifier:
    """Data classes of a resource by patterns, which overrides by exact name beat.

    Parameters
    ----------
    patterns
        Pairs of class and regular expression, tried without regard to case; all count.
    overrides
        Classes of single resources by exact name.

    Raises
    ------
    SettingsError
        If a pattern is not a regular expression.

    Examples
    --------
    >>> classifier = ResourceClassifier([(DataClass.CUSTOMER, "buyer")], {})
    >>> classifier.classify("prod-Buyers-eu")
    (<DataClass.CUSTOMER: 'customer'>,)
    >>> classifier.classify("web-assets")
    (<DataClass.NONE: 'none'>,)
    """

    def __init__(
        self,
        patterns: Sequence[tuple[DataClass, str]],
        overrides: Mapping[str, Sequence[DataClass]],
    ) -> None:
        self._patterns = [(data_class, _compiled(pattern)) for data_class, pattern in patterns]
        self._overrides = {name: sort_classes(classes) for name, classes in overrides.items()}
        self._cache: dict[str, tuple[DataClass, ...]] = {}

    def classify(self, name: str) -> tuple[DataClass, ...]:
        """Return the classes of a resource, most sensitive first; ``none`` if none matches."""
        classes = self._cache.get(name)
        if classes is None:
            classes = self._overrides.get(name) or self._matching(name)
            if len(self._cache) >= _CACHE_NAMES:
                self._cache.clear()
            self._cache[name] = classes
        return classes

    def _matching(self, name: str) -> tuple[DataClass, ...]:
        found = {data_class for data_class, pattern in self._patterns if pattern.search(name)}
        return sort_classes(tuple(found)) or (DataClass.NONE,)


def sort_classes(classes: Sequence[DataClass]) -> tuple[DataClass, ...]:
    """Return the classes once each, most sensitive first; ``none`` only if alone.

    Examples
    --------
    >>> [c.value for c in sort_classes([DataClass.NONE, DataClass.CATALOG, DataClass.CUSTOMER])]
    ['customer', 'catalog']
    """
    distinct = set(classes)
    if len(distinct) > 1:
        distinct.discard(DataClass.NONE)
    return tuple(sorted(distinct, key=_ORDER.__getitem__))


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        message = f"resources.yaml: pattern {pattern!r} is no regular expression: {error}"
        raise SettingsError(message) from error
