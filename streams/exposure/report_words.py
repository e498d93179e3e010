"""What page and PDF say alike of a report."""

from typing import Final

from models.domain.data_class import DataClass
from streams.exposure.exposure_report import ExposureReport
from streams.exposure.reader_exposure import ClassExposure, ReaderExposure
from streams.presentation.untrusted_text import sanitize
from streams.presentation.wording import count, humanize, principal_name, sequence, size

_PLACES_TOLD: Final = 3
HOW_COUNTED: Final = (
    "Only calls that succeeded count. A call that exposes several classes counts in each. Records "
    "are those that the log counts; people, orders and files are counted by keyed hashes, within "
    "about 7 %. Days are UTC. The report names no buyer, no order and no supplier."
)


def reader_name(report: ExposureReport, reader: ReaderExposure) -> str:
    """Return the name of a principal with its declared kind."""
    if not reader.principal:
        return "all others, of which there are too many"
    return principal_name(reader.principal, report.kinds.get(reader.principal, ""))


def class_words(kind: DataClass, exposure: ClassExposure) -> str:
    """Return how much of a class was read.

    Examples
    --------
    >>> class_words(DataClass.CUSTOMER, ClassExposure(calls=3, records=1200))
    'customer: 1,200 records in 3 calls'
    """
    calls = "1 call" if exposure.calls == 1 else f"{count(exposure.calls)} calls"
    if exposure.records:
        return f"{kind}: {count(exposure.records)} records in {calls}"
    return f"{kind}: {calls}"


def classes_read(reader: ReaderExposure) -> list[str]:
    """Return what a principal read, the gravest class first."""
    return [class_words(kind, reader.classes[kind]) for kind in DataClass if kind in reader.classes]


def places_read_from(reader: ReaderExposure) -> str:
    """Return the networks that most sensitive calls came from."""
    most = [sanitize(place, 40) for place, _ in reader.places.most_common(_PLACES_TOLD)]
    more = len(reader.places) - len(most)
    return sequence(most + [f"{more} more"] * (more > 0)) if most else "no sensitive read"


def headline(report: ExposureReport) -> str:
    """Return the report in one sentence."""
    sensitive = [one for one in report.readers if one.weight[1]]
    readers = len(sensitive) + sum(one.weight[1] > 0 for one in report.other_readers)
    who = "1 principal" if readers == 1 else f"{count(readers)} principals"
    pages = "nobody knows how many pages" if report.tickets is None else _pages(report.pages_found)
    records = count(report.sensitive_records)
    return f"{who} read {records} records of sensitive data; {pages}."


def _pages(number: int) -> str:
    if number == 0:
        return "nobody was paged for it"
    return "somebody was paged once" if number == 1 else f"somebody was paged {number} times"


def incident_words(kinds: tuple[str, ...], records: int | None) -> str:
    """Return the signs of an incident and its size."""
    signs = ", ".join(humanize(kind) for kind in kinds[:4])
    return f"{signs}; {count(records, 'an unknown number of')} records"


def volume(reader: ReaderExposure) -> str:
    """Return calls and bytes of a principal."""
    refused = f", {count(reader.refused_calls)} failed" if reader.refused_calls else ""
    return f"{count(reader.calls)} calls{refused}, {size(reader.bytes)}"
