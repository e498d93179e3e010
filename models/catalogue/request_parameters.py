"""Reads the parameters of a request, however its caller has spelled them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from models.catalogue.catalogue_entry import CatalogueEntry
from models.domain.sensitivity import Sensitivity

REPORT_NAMES: Final = ("reportType", "ReportType", "reportTypes")


class ParameterNames:
    """The names of parameters that decide something.

    Parameters
    ----------
    names
        As the catalogue writes them, besides those that every catalogue knows.

    Examples
    --------
    >>> ParameterNames(["includedData"]).plain({"includeddata": "a", "INCLUDEDDATA": "b", "x": 1})
    {'includedData': ['a', 'b'], 'x': 1}
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._spelled = frozenset([*names, *REPORT_NAMES, "Action", "method", "path"])
        self._names = {name.lower(): name for name in sorted(self._spelled)}

    def plain(self, query: Mapping[str, object]) -> Mapping[str, object]:
        """Write the names as the catalogue does, and join the values of those that are doubled."""
        if self._spelled.issuperset(query):
            return query
        others = [name for name in query if name not in self._spelled]
        if not any(name.lower() in self._names for name in others):
            return query
        plain: dict[str, object] = {}
        for name, value in query.items():
            key = name if name in self._spelled else self._names.get(name.lower(), name)
            plain[key] = [*_texts(plain[key]), *_texts(value)] if key in plain else value
        return plain


def known_of(table: Mapping[str, Sensitivity], names: Iterable[str]) -> Iterator[Sensitivity]:
    """Yield what a table says of some names, written in any case.

    Examples
    --------
    >>> list(known_of({"A": Sensitivity(restricted=True)}, ["a", "b"]))
    [Sensitivity(data_classes=(), restricted=True)]
    """
    for name in dict.fromkeys(names):
        what = table.get(name) or table.get(name.upper())
        if what is not None:
            yield what


def added_by(entry: CatalogueEntry, parameters: Mapping[str, object]) -> Iterator[Sensitivity]:
    """Yield what the values of a request's parameters add to its entry."""
    for parameter, exposures in entry.when.items():
        for value in dict.fromkeys(values_of(parameters, parameter)):
            if value in exposures:
                yield exposures[value]
            elif value:
                lowered = value.lower()
                yield from (what for name, what in exposures.items() if name.lower() == lowered)


def values_of(parameters: Mapping[str, object], name: str) -> list[str]:
    """Return a parameter's values: a text with commas, a list of texts, or true and false.

    Examples
    --------
    >>> values_of({"a": "1, 2", "b": True}, "a"), values_of({"b": True}, "b")
    (['1', '2'], ['true'])
    """
    value = parameters.get(name)
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [part.strip() for text in _texts(value) for part in text.split(",")]


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple):
        return [text for text in value if isinstance(text, str)]
    return []
