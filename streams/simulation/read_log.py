"""What principals have read, from their records."""

from collections.abc import Iterable
from typing import Any

from streams.simulation.operation import Operation
from streams.simulation.record_emitter import SimulatedRecord


class ReadLog:
    """The ids and keys that appear in records.

    Parameters
    ----------
    records
        Records of those who read.

    Examples
    --------
    >>> record = {"record_ids": ["byr-1", "sku-2"]}
    >>> log = ReadLog([SimulatedRecord(0.0, "seller-api", record, None)])
    >>> log.ids("byr")
    ['byr-1']
    """

    def __init__(self, records: Iterable[SimulatedRecord]) -> None:
        self._records = [one.record for one in records]
        self._ids: dict[str, list[str]] = {}
        self._keys: dict[tuple[str, str], list[str]] = {}

    def ids(self, prefix: str) -> list[str]:
        """Return the ids of one kind that were returned, each once, in the order of reading."""
        if prefix not in self._ids:
            found = (name for one in self._records for name in one.get("record_ids", ()))
            fitting = (name for name in found if name.startswith(f"{prefix}-"))
            self._ids[prefix] = list(dict.fromkeys(fitting))
        return self._ids[prefix]

    def keys(self, operation: Operation) -> list[str]:
        """Return the keys that calls of an operation asked for, each once."""
        place = (operation.target, operation.name)
        if place not in self._keys:
            found = (_key(one, operation) for one in self._records)
            self._keys[place] = list(dict.fromkeys(key for key in found if key))
        return self._keys[place]


def _key(record: dict[str, Any], operation: Operation) -> str:
    path = record.get("path")
    if path is not None:
        head, mark, tail = operation.target.partition("{id}")
        fits = mark and path.startswith(head) and path.endswith(tail)
        return path[len(head) : len(path) - len(tail)] if fits else ""
    parameters = record["requestParameters"]
    if operation.target not in (parameters.get("bucketName"), parameters.get("tableName")):
        return ""
    key = parameters.get("key", "")
    text: str = key["pk"] if isinstance(key, dict) else key
    return text.removeprefix("export/").removesuffix(".csv.gz")
