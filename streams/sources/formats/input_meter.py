"""Counts what one input has used of its budget."""

import zlib
from typing import Any, Final

from models.errors import RecordError
from streams.settings.sections import InputBudget
from streams.sources.formats.json_text import is_deeper, memory_of
from streams.sources.formats.mended_json import document

DEFAULT_BUDGET: Final = InputBudget()


class InputMeter:
    """The budget that is left to the parts of one record, whatever is packed in what.

    Parameters
    ----------
    budget
        What the record may use.

    Attributes
    ----------
    records
        How many more records there may be.

    Examples
    --------
    >>> meter = InputMeter(InputBudget(records=2))
    >>> meter.charge_records(1)
    >>> meter.charge_records(2)
    Traceback (most recent call last):
    ...
    models.errors.RecordError: more than 2 records in one (sources.budget.records)
    """

    __slots__ = ("_budget", "_bytes", "_memory_bytes", "records")

    def __init__(self, budget: InputBudget) -> None:
        self._budget = budget
        self._bytes, self._memory_bytes = budget.decoded_bytes, budget.memory_bytes
        self.records = budget.records

    def charge_records(self, count: int) -> None:
        """Take records from the budget.

        Raises
        ------
        RecordError
            If they are too many.
        """
        if count > self.records:
            message = f"more than {self._budget.records} records in one (sources.budget.records)"
            raise RecordError(message)
        self.records -= count

    def gunzip(self, data: bytes) -> bytes:
        """Unpack gzip, and stop where the budget ends.

        Raises
        ------
        RecordError
            If it is damaged, or unpacks to more than what is left.
        """
        unpacker = zlib.decompressobj(wbits=31)
        try:
            # What is refused does not count: the next one may be honest.
            unpacked = unpacker.decompress(data, self._bytes + 1)
        except zlib.error as error:
            message = "data: the gzip stream is damaged"
            raise RecordError(message) from error
        if len(unpacked) > self._bytes:
            limit = self._budget.decoded_bytes
            message = f"unpacks to more than {limit} bytes (sources.budget.decoded_bytes)"
            raise RecordError(message)
        self._bytes -= len(unpacked)
        if not unpacker.eof:
            message = "data: the gzip stream is truncated"
            raise RecordError(message)
        return unpacked

    def charge_values(self, data: bytes) -> None:
        """Take the values of a JSON text from the budget before it is decoded.

        Raises
        ------
        RecordError
            If it is nested too deep or has too many values.
        """
        needed = memory_of(data)
        if needed > self._memory_bytes:
            limit = self._budget.memory_bytes
            message = f"its values take more than {limit} bytes (sources.budget.memory_bytes)"
            raise RecordError(message)
        if is_deeper(data, self._budget.depth):
            message = f"nested deeper than {self._budget.depth} (sources.budget.depth)"
            raise RecordError(message)
        self._memory_bytes -= needed

    def decode(self, data: bytes) -> Any:  # noqa: ANN401 - JSON
        """Decode one JSON document.

        Raises
        ------
        RecordError
            If it is not JSON, is nested too deep or has too many values.
        """
        self.charge_values(data)
        return document(data)
