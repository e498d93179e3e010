"""`sellerwatch catalogue`: tell the catalogue what your resources hold."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
import yaml

from models.catalogue.resource_classes import ResourceClasses
from models.domain.sensitivity import Sensitivity, union
from models.errors import InputError, RecordError
from streams.catalogue.call_texts import call_texts
from streams.catalogue.catalogue_files import load_resource_classes
from streams.catalogue.macie_findings import MacieFinding, macie_findings
from streams.catalogue.resource_file import ResourceFile, read_resource_file
from streams.commands.options import ConfigOption
from streams.commands.unclassified import unclassified
from streams.settings.settings import load_settings
from streams.sources.formats.input_meter import DEFAULT_BUDGET
from streams.sources.formats.mended_json import documents

FindingsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FINDINGS...",
        help="Macie findings: responses of GetFindings or EventBridge events; - is standard input.",
    ),
]
OutputOption = Annotated[
    Path,
    typer.Option("--output", help="Resource file to write; its other entries stay."),
]

_HEADER = "# From 'sellerwatch catalogue import-macie'; name it in catalogue.resource_files.\n"


def import_macie(
    findings: FindingsArgument, output: OutputOption, config: ConfigOption = None
) -> None:
    """Write what Macie found in your buckets into a resource file.

    Example: `sellerwatch catalogue import-macie findings.json --output macie.yaml`
    """
    settings = load_settings(config)
    resources = load_resource_classes(settings.catalogue.resource_files)
    before = read_resource_file(output) if output.exists() else ResourceFile()
    found: dict[str, Sensitivity] = {}
    total, unclassed = 0, set[str]()
    for finding in _findings(findings, resources):
        total += 1
        unclassed.update(finding.unclassed)
        if finding.sensitivity.data_classes or finding.sensitivity.restricted:
            name = f"s3:{finding.bucket}"
            known = found.get(name) or resources.of("s3", finding.bucket)
            found[name] = _both(known, finding.sensitivity)
    _write(output, before, found)
    typer.echo(f"{total} findings read; {len(found)} buckets with sensitive data in {output}")
    for name in sorted(unclassed):
        typer.echo(f"custom identifier '{name}' has no class: add a pattern for it", err=True)


def _findings(paths: list[Path], resources: ResourceClasses) -> Iterator[MacieFinding]:
    for path in paths:
        for place, document in _documents(path):
            try:
                yield from macie_findings(document, resources)
            except RecordError as error:
                message = f"{path}: line {place}: {error}: export them with GetFindings"
                raise InputError(message) from error


def _documents(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"{path}: {error.strerror or error}: name a readable file of findings"
        raise InputError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path}: not UTF-8 text: name a file of findings in JSON"
        raise InputError(message) from error
    for number, one in call_texts(text.splitlines()):
        try:
            found = documents(one.encode("utf-8"), DEFAULT_BUDGET.records)
        except RecordError as error:
            message = f"{path}: line {number}: {error}: name a file of findings in JSON"
            raise InputError(message) from error
        yield from ((number, document) for document in found)


def _both(known: Sensitivity, new: Sensitivity) -> Sensitivity:
    return Sensitivity(
        data_classes=union([*known.data_classes, *new.data_classes]),
        restricted=known.restricted or new.restricted,
    )


def _write(output: Path, before: ResourceFile, found: dict[str, Sensitivity]) -> None:
    entries = before.resources | found
    kept: dict[str, Any] = msgspec.to_builtins(before)
    content = {name: kept[name] for name in ("words", "columns", "patterns") if kept[name]}
    if before.paths:
        content["paths"] = {name: _plain(what) for name, what in before.paths.items()}
    content["resources"] = {name: _plain(entries[name]) for name in sorted(entries)}
    part = output.with_name(f".{output.name}.part")
    try:
        text = _HEADER + yaml.safe_dump(content, sort_keys=False, default_flow_style=None)
        part.write_text(text, encoding="utf-8")
        os.replace(part, output)
    except OSError as error:
        message = f"{output}: {error.strerror or error}: name a file that can be written"
        raise InputError(message) from error


def _plain(what: Sensitivity) -> dict[str, Any]:
    plain: dict[str, Any] = {"data_classes": [str(one) for one in what.data_classes]}
    return plain | {"restricted": True} if what.restricted else plain


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Tell the catalogue what your resources hold.", no_args_is_help=True)
    group.command("import-macie")(import_macie)
    group.command("unclassified")(unclassified)
    app.add_typer(group, name="catalogue")
