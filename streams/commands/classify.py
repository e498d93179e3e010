"""`sellerwatch classify`: say what a call exposes."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Final

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.errors import InputError, RecordError
from streams.catalogue.call_texts import call_texts
from streams.catalogue.catalogue_files import load_catalogue
from streams.catalogue.classification import Classification
from streams.catalogue.classifier import Classifier
from streams.commands.options import ConfigOption
from streams.presentation.untrusted_text import sanitize
from streams.settings.settings import load_settings

CallsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[CALL]...",
        help="'METHOD PATH[?QUERY]', 'SERVICE:CALL [RESOURCE]', the name of an operation, or a "
        "JSON record. Default: standard input, one call a line.",
    ),
]

_TABLE_ROWS: Final = 200
_SHOWN_ERRORS: Final = 20
_AWS_HOST: Final = ".amazonaws.com:"
Answer = tuple[str, Classification]


def classify(calls: CallsArgument = None, config: ConfigOption = None) -> None:
    """Say what each call exposes: a table on a terminal, else one JSON object a line.

    Example: `sellerwatch classify 'GET /orders/2026-01-01/orders?includedData=BUYER'`
    """
    settings = load_settings(config)
    catalogue = load_catalogue(settings.catalogue.directory, settings.catalogue.resource_files)
    if not calls and sys.stdin.isatty():
        message = (
            "no call: name one, such as 'GET /orders/v0/orders', or pipe calls or CloudTrail "
            "records into standard input"
        )
        raise InputError(message)
    texts = ((f"argument {n}", text) for n, text in enumerate(calls, 1)) if calls else _lines()
    errors: list[str] = []
    answers = _answers(Classifier(catalogue), texts, errors)
    if sys.stdout.isatty():
        _print_tables(answers)
    else:
        for _, answer in answers:
            sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.flush()
    if errors:
        raise typer.Exit(_complain(errors))


def _lines() -> Iterator[tuple[str, str]]:
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    for number, text in call_texts(sys.stdin):
        yield f"standard input line {number}", text


def _answers(
    classifier: Classifier, texts: Iterable[tuple[str, str]], errors: list[str]
) -> Iterator[Answer]:
    for place, text in texts:
        try:
            yield from classifier.classify(text)
        except RecordError as error:
            errors.append(f"{place}: {error}")


def _complain(errors: Sequence[str]) -> int:
    for line in errors[:_SHOWN_ERRORS]:
        typer.echo(f"sellerwatch: {sanitize(line, 400)}", err=True)
    if len(errors) > _SHOWN_ERRORS:
        typer.echo(f"sellerwatch: and {len(errors) - _SHOWN_ERRORS} more such lines", err=True)
    return 1


def _print_tables(answers: Iterable[Answer]) -> None:
    console = Console()
    rows = list(islice(answers, _TABLE_ROWS))
    while rows:
        console.print(table_of(rows))
        for call, answer in rows:
            if answer.operation is None:
                console.print(Text(f"{sanitize(call)}: {answer.suggestion}", style="yellow"))
        rows = list(islice(answers, _TABLE_ROWS))


def table_of(rows: Iterable[Answer]) -> Table:
    """Return the answers as a table."""
    table = Table(box=None, pad_edge=False)
    table.add_column("Call", overflow="fold", ratio=1)
    for name in ("Operation", "Service", "Data classes", "Restricted", "Most records"):
        table.add_column(name, overflow="fold")
    for call, answer in rows:
        table.add_row(Text(sanitize(call, 2_000).replace(_AWS_HOST, ":")), *_cells(answer))
    return table


def _cells(answer: Classification) -> tuple[str | Text, ...]:
    if answer.operation is None:
        return (Text("unknown", style="yellow"),)
    style = "bold red" if any(one.is_sensitive for one in answer.data_classes) else ""
    return (
        answer.operation,
        answer.service or "",
        Text("\n".join(answer.data_classes) or "unknown", style=style),
        "yes" if answer.restricted else "no",
        "" if answer.max_records is None else f"{answer.max_records:,}",
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("classify")(classify)
