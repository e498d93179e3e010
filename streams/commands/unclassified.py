"""`sellerwatch catalogue unclassified`: what is read that nobody has classified."""

from collections.abc import Iterable
from typing import Annotated, Final

import msgspec
import typer

from models.domain.access_event import AccessEvent
from models.errors import InputError
from streams.catalogue.catalogue_files import load_hinting_catalogue
from streams.catalogue.unclassified_resources import UnclassifiedResource, UnclassifiedResources
from streams.commands.byte_progress import byte_progress
from streams.commands.options import ConfigOption, PathsArgument
from streams.ingest.parser_factory import make_parser
from streams.presentation.untrusted_text import sanitize, sanitize_name
from streams.settings.settings import load_settings
from streams.sources.files.read_events import read_events
from streams.sources.flow.tally import Tally

OutputFormatOption = Annotated[str, typer.Option("--format", help="Of the list: table or json.")]
InputFormatOption = Annotated[
    str, typer.Option("--input-format", help="Format of the logs, as --format of detect.")
]
RowsOption = Annotated[int, typer.Option("--rows", min=1, help="How many are listed.")]

_HEADERS: Final = (
    "service", "resource", "reads", "objects", "records", "bytes", "readers", "largest reader",
    "first seen", "last seen", "proposed",
)  # fmt: skip
_NAME_CHARACTERS: Final = 60


def unclassified(
    paths: PathsArgument,
    format_: OutputFormatOption = "table",
    input_format: InputFormatOption = "auto",
    rows: RowsOption = 50,
    config: ConfigOption = None,
) -> None:
    """List what is read that nobody has classified, and the line that would classify it.

    Example: `sellerwatch catalogue unclassified logs/ --rows 20`
    """
    if format_ not in ("table", "json"):
        message = f"--format {format_}: unknown: choose table or json"
        raise InputError(message)
    settings = load_settings(config)
    files = settings.catalogue
    catalogue = load_hinting_catalogue(files.directory, files.resource_files)
    parser = make_parser(settings, input_format, catalogue=catalogue)
    found, tally = UnclassifiedResources(catalogue), Tally()
    with byte_progress(paths, "reading") as on_bytes:
        for item in read_events(
            paths,
            parser,
            disorder_seconds=settings.sources.disorder_seconds,
            on_bytes=on_bytes,
        ):
            tally.count(item)
            if isinstance(item, AccessEvent):
                found.add(item)
    listed = found.rows()
    if format_ == "json":
        for row in listed[:rows]:
            typer.echo(msgspec.json.encode(row))
    else:
        _print_table(listed[:rows])
        _print_lines(listed[:rows])
    more = f"; --rows {len(listed)} lists all" if len(listed) > rows else ""
    unlisted = f"; {found.hidden} reads of further ones are not listed" if found.hidden else ""
    typer.echo(f"{tally}: {len(listed)} unclassified resources{more}{unlisted}", err=True)


def _print_table(listed: Iterable[UnclassifiedResource]) -> None:
    table = [_HEADERS, *map(_cells, listed)]
    widths = [max(len(row[place]) for row in table) for place in range(len(_HEADERS))]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        typer.echo("  ".join(cells).rstrip())


def _cells(row: UnclassifiedResource) -> tuple[str, ...]:
    counts = (row.records, row.bytes)
    reader = sanitize_name(row.largest_reader, _NAME_CHARACTERS)
    return (
        sanitize(row.service), sanitize_name(row.resource, _NAME_CHARACTERS), f"{row.reads:,}",
        f"{row.objects:,}", *("" if count is None else f"{count:,}" for count in counts),
        f"{row.readers:,}", f"{row.largest_share:.0%} {reader}",
        f"{row.first_seen:%Y-%m-%d %H:%M}", f"{row.last_seen:%Y-%m-%d %H:%M}",
        ", ".join(row.proposed),
    )  # fmt: skip


def _print_lines(listed: Iterable[UnclassifiedResource]) -> None:
    lines = [(row.section, row.line) for row in listed if row.line]
    if not lines:
        return
    typer.echo("\n# For your resource file (catalogue.resource_files), after a look at each line:")
    for section in ("resources", "paths"):
        if found := [line for name, line in lines if name == section]:
            typer.echo(f"{section}:")
            for line in found:
                typer.echo(f"  {line}")
