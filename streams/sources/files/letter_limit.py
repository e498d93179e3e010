"""Keeps a small compressed file from becoming millions of dead letters."""

from typing import Final

from models.domain.dead_letter import DeadLetter
from streams.sources.formats.compression import Unpacked
from streams.sources.formats.event_parser import EventParser, Parsed

# A bad line of an honest log takes more even among many like it. Chosen, not measured.
_PACKED_BYTES_A_LETTER: Final = 4
# So many are told by one letter, so that nobody waits for a file that holds nothing else. Chosen,
# not measured.
_MOST_UNTOLD: Final = 10_000


class LetterLimit:
    """Hands on dead letters of lines as long as the file has bytes for them.

    Every line is still read, and every event is handed on. A file that is not compressed has as
    many bytes as lines, so nothing is left out.

    Parameters
    ----------
    parser
        Makes dead letters, and knows the budget.
    source
        Name of the file.
    unpacked
        The file, if it is compressed.

    Examples
    --------
    >>> from models.catalogue.catalogue import Catalogue
    >>> from models.domain.redaction import SubjectHasher
    >>> parser = EventParser(Catalogue(), SubjectHasher(b"sixteen bytes of key"))
    >>> limit = LetterLimit(parser, "log", None)
    >>> items = parser.parse(b"[1]", source="log", position="line 1")
    >>> len(limit.kept(items, "line 1")), limit.rest("line 2")
    (1, [])
    """

    def __init__(self, parser: EventParser, source: str, unpacked: Unpacked | None) -> None:
        self._parser, self._source, self._unpacked = parser, source, unpacked
        self._told = self._untold = 0

    def kept(self, items: list[Parsed], position: str) -> list[Parsed]:
        """Return what is handed on of a line's items."""
        if self._unpacked is None:
            return items
        letters = sum(isinstance(item, DeadLetter) for item in items)
        if letters == 0:
            return items
        packed = self._unpacked.packed_bytes // _PACKED_BYTES_A_LETTER
        if self._told + letters <= self._parser.budget.dead_letters + packed:
            self._told += letters
            return items
        self._untold += letters
        rest = self.rest(position) if self._untold >= _MOST_UNTOLD else []
        return [item for item in items if not isinstance(item, DeadLetter)] + rest

    def rest(self, position: str) -> list[Parsed]:
        """Return one dead letter for all that were left out, and begin to count anew."""
        if self._untold == 0:
            return []
        untold, self._untold = self._untold, 0
        reason = f"{untold} more lines are bad (sources.budget.dead_letters)"
        return [self._parser.dead_letter(b"", self._source, position, reason)]
