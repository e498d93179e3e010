"""A catalogue that notes what hints at the class of a resource whose name says nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from models.catalogue.catalogue import Catalogue
from models.catalogue.resource_classes import short_name
from models.domain.data_class import DataClass
from models.domain.operation import Operation

# Resources whose hints are kept.
_MOST: Final = 20_000
# A class is proposed from this share of a resource's hinting reads on.
_LEAST_SHARE: Final = 0.01
_KEY_CHARACTERS: Final = 1024


class HintingCatalogue(Catalogue):
    """Counts the classes that keys of objects, and columns of tables and queries, speak of.

    It keeps classes and the names of resources, no key and no column. Use it for one report: its
    answers are those of any catalogue.

    Examples
    --------
    >>> HintingCatalogue().proposal("x7f3")
    ()
    """

    def __init__(self, **parts: Any) -> None:  # noqa: ANN401 - those of Catalogue
        super().__init__(**parts)
        self._hints: dict[str, Counter[DataClass]] = {}

    def aws(
        self, source: str, name: str, resource: str | None,
        parameters: Mapping[str, Any] | None = None,
    ) -> Operation:  # fmt: skip
        """Describe an AWS call as any catalogue does, and note what it hints at."""
        operation = super().aws(source, name, resource, parameters)
        if resource and parameters:
            kinds = set(self._hinted(source, name, parameters))
            for one in self._described(resource, parameters) if kinds else ():
                if one in self._hints or len(self._hints) < _MOST:
                    self._hints.setdefault(one, Counter()).update(kinds)
        return operation

    def proposal(self, resource: str) -> tuple[DataClass, ...]:
        """Return the classes that were hinted at often enough, the most sensitive first."""
        hints = self._hints.get(resource, Counter())
        least = _LEAST_SHARE * sum(hints.values())
        return tuple(one for one in DataClass if hints[one] > 0 and hints[one] >= least)

    def _hinted(self, source: str, name: str, parameters: Mapping[str, Any]) -> Iterator[DataClass]:
        for text in (parameters.get("key"), parameters.get("prefix")):
            if isinstance(text, str):
                yield from self.resources.by_name(text[:_KEY_CHARACTERS])
        entry = self.aws_entry(source, name)
        if entry is not None and entry.columns:
            yield from self.columns(entry, parameters)

    def _described(self, resource: str, parameters: Mapping[str, Any]) -> Iterator[str]:
        yield from map(short_name, resource.split(","))
        # Queries of Athena are often known by their database only.
        if isinstance(database := parameters.get("databaseName"), str):
            yield database
            yield f"{database}.{resource}"
