"""What is read of buckets, tables, databases and paths that nobody has classified."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec

from models.domain.access_event import AccessEvent, Outcome
from models.domain.data_class import DataClass
from models.observation.subject_sketch import SubjectSketch
from streams.catalogue.hinting_catalogue import HintingCatalogue

# Further ones are read, and not listed.
_MOST: Final = 10_000
_MOST_READERS: Final = 1_000
_SAFE_KEY: Final = re.compile(r"[A-Za-z][\w.\-/:$]*[\w$]", re.ASCII)
# Stands in for a name that may be personal.
_HASH: Final = re.compile(r"(?:resource|text|report)-[0-9a-f]{16}")
_CHOICES: Final = ", ".join(one for one in DataClass if one is not DataClass.UNCLASSIFIED)


class UnclassifiedResource(msgspec.Struct, frozen=True):
    """One row of the list.

    `section` and `line` are what a resource file needs to classify it; without a proposal the
    line keeps it unclassified until somebody chooses. Both are empty if its name is a hash.
    """

    service: str
    resource: str
    reads: int
    objects: int
    records: int | None
    bytes: int | None
    readers: int
    largest_reader: str
    largest_share: float
    first_seen: datetime
    last_seen: datetime
    proposed: tuple[DataClass, ...]
    section: str
    line: str


class _Reads(msgspec.Struct):
    is_path: bool
    first_seen: float
    last_seen: float
    reads: int = 0
    records: int | None = None
    bytes: int | None = None
    readers: dict[str, int] = {}
    subjects: bytearray = msgspec.field(
        default_factory=lambda: SubjectSketch.of_a_long_time().registers
    )


class UnclassifiedResources:
    """Sums the reads of unclassified data, in bounded memory.

    Parameters
    ----------
    catalogue
        What has classified the events; it proposes classes.

    Examples
    --------
    >>> UnclassifiedResources(HintingCatalogue()).rows()
    []
    """

    def __init__(self, catalogue: HintingCatalogue) -> None:
        self._catalogue = catalogue
        self._reads: dict[tuple[str, str], _Reads] = {}
        self.hidden = 0

    def add(self, event: AccessEvent) -> None:
        """Count an event, if it read what nobody has classified."""
        if event.outcome is not Outcome.SUCCESS or DataClass.UNCLASSIFIED not in event.data_classes:
            return
        for service, name, is_path in _names(event):
            found = self._reads.get((service, name))
            if found is None:
                if len(self._reads) >= _MOST:
                    self.hidden += 1
                    continue
                found = self._reads[service, name] = _Reads(is_path, event.time, event.time)
            _count(found, event)

    def rows(self) -> list[UnclassifiedResource]:
        """Return the resources, those with the most reads first."""
        ordered = sorted(self._reads.items(), key=lambda item: (-item[1].reads, item[0]))
        return [self._row(*names, reads) for names, reads in ordered]

    def _row(self, service: str, name: str, reads: _Reads) -> UnclassifiedResource:
        proposed = () if reads.is_path else self._catalogue.proposal(name)
        reader, most = max(reads.readers.items(), key=lambda item: (item[1], item[0]))
        is_hash = _HASH.fullmatch(name) is not None
        return UnclassifiedResource(
            service=service, resource=name, reads=reads.reads,
            objects=round(SubjectSketch(reads.subjects).estimate()),
            records=reads.records, bytes=reads.bytes, readers=len(reads.readers),
            largest_reader=reader, largest_share=round(most / reads.reads, 4),
            first_seen=datetime.fromtimestamp(reads.first_seen, UTC),
            last_seen=datetime.fromtimestamp(reads.last_seen, UTC),
            proposed=proposed,
            section="" if is_hash else "paths" if reads.is_path else "resources",
            line="" if is_hash else _line(name if reads.is_path else f"{service}:{name}", proposed),
        )  # fmt: skip


def _names(event: AccessEvent) -> Iterator[tuple[str, str, bool]]:
    if event.resource is not None:
        for name in dict.fromkeys(event.resource.split(",")):
            yield event.service, name, False
    else:
        # A call of the seller API is named by its method and the shape of its path.
        yield event.service, event.operation, " /" in event.operation


def _count(reads: _Reads, event: AccessEvent) -> None:
    reads.reads += 1
    reads.first_seen = min(reads.first_seen, event.time)
    reads.last_seen = max(reads.last_seen, event.time)
    if event.records is not None:
        reads.records = (reads.records or 0) + event.records
    if event.bytes is not None:
        reads.bytes = (reads.bytes or 0) + event.bytes
    if event.principal in reads.readers or len(reads.readers) < _MOST_READERS:
        reads.readers[event.principal] = reads.readers.get(event.principal, 0) + 1
    SubjectSketch(reads.subjects).add(event.subject_ids)


def _line(name: str, proposed: tuple[DataClass, ...]) -> str:
    """Write the line of a resource file."""
    key = name if _SAFE_KEY.fullmatch(name) else msgspec.json.encode(name).decode()
    if proposed:
        return f"{key}: {{data_classes: [{', '.join(proposed)}]}}"
    return f"{key}: {{data_classes: [unclassified]}}  # choose: {_CHOICES}"
