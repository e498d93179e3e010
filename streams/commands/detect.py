"""`sellerwatch detect`: find incidents in files, without a broker."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Annotated, Final

import msgspec
import typer

from models.detector import Detector
from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.partitioner import partition_of
from models.errors import InputError
from models.incidents.incident import Incident
from streams.commands.byte_progress import byte_progress
from streams.commands.feedback_sender import login_name
from streams.commands.options import ConfigOption, FormatOption, PathsArgument
from streams.commands.planned_file import PlannedFile, read_planned
from streams.ingest.parser_factory import make_parser
from streams.presentation.untrusted_text import sanitize, sanitize_name
from streams.settings.settings import load_settings
from streams.sources.files.read_events import read_events
from streams.sources.flow.tally import Tally
from streams.sources.formats.event_parser import Parsed
from streams.worker.detector_factory import make_detectors

IncidentsOption = Annotated[
    Path, typer.Option("--incidents", help="File for the incidents, one JSON object a line.")
]
ChangesOption = Annotated[
    Path | None,
    typer.Option("--changes", help="YAML file of planned changes: see docs/incident-pages.md."),
]
DeadLettersOption = Annotated[
    Path | None,
    typer.Option(
        "--dead-letters", help="File for unreadable records; default: next to the incidents."
    ),
]

# As in the alert SellerwatchEventTimesWrong.
_TOLD_LATE_SHARE: Final = 0.05


def detect(
    paths: PathsArgument,
    *,
    incidents: IncidentsOption,
    dead_letters: DeadLettersOption = None,
    changes: ChangesOption = None,
    format_: FormatOption = "auto",
    config: ConfigOption = None,
) -> None:
    """Find incidents in log files with the worker's detector, without a broker.

    Example: `sellerwatch detect logs/ --incidents incidents.ndjson`
    """
    settings = load_settings(config)
    planned = PlannedFile([] if changes is None else read_planned(changes, login_name()))
    parser = make_parser(settings, format_)
    detectors = make_detectors(settings)
    behind: Counter[str] = Counter()
    letters_path = dead_letters or incidents.with_name(incidents.name + ".dead-letters")
    with _writable(incidents) as out, _writable(letters_path) as letters:
        with byte_progress(paths, "reading") as on_bytes:
            items = read_events(
                paths,
                parser,
                disorder_seconds=settings.sources.disorder_seconds,
                on_bytes=on_bytes,
                on_behind=lambda _: behind.update(events=1),
            )
            found, tally = _run(items, detectors, letters, planned)
        for incident in sorted(found.values(), key=lambda i: (i.opened_at, i.incident_id)):
            out.write(msgspec.json.encode(incident) + b"\n")
    _print_summary(found, tally, incidents)
    _print_planned(planned)
    _print_wrong_times(detectors, tally, behind.total())
    if tally.dead_letters:
        typer.echo(f"{tally.dead_letters} records could not be read: see {letters_path}")
    else:
        letters_path.unlink()


def _writable(path: Path) -> IO[bytes]:
    try:
        return path.open("wb")
    except OSError as error:
        message = f"{path}: {error.strerror}: name a file that can be written"
        raise InputError(message) from error


def _run(
    items: Iterable[Parsed],
    detectors: list[Detector],
    letters: IO[bytes],
    planned: PlannedFile,
) -> tuple[dict[str, Incident], Tally]:
    found: dict[str, Incident] = {}
    tally = Tally()
    for item in items:
        tally.count(item)
        if isinstance(item, AccessEvent):
            planned.apply_until(item.time, detectors)
            detector = detectors[partition_of(item.tenant, item.principal, len(detectors))]
            found.update((i.incident_id, i) for i in detector.process(item))
        elif isinstance(item, DeadLetter):
            letters.write(msgspec.json.encode(item) + b"\n")
    for detector in detectors:
        found.update((i.incident_id, i) for i in detector.finish())
    return found, tally


def _print_summary(found: dict[str, Incident], tally: Tally, path: Path) -> None:
    pages = [incident for incident in found.values() if incident.page]
    typer.echo(f"{tally}: {len(found)} incidents, {len(pages)} of them pages, in {path}")
    worst = sorted(found.values(), key=lambda i: (i.page, i.severity.rank, i.score), reverse=True)
    for incident in worst[:10]:
        reason = incident.reasons[0].text if incident.reasons else ""
        name = sanitize_name(incident.principal, 90)
        word = "PAGE" if incident.page else "    "
        typer.echo(f"  {word} {incident.severity:13} {name}: {sanitize(reason, 400)}")


def _print_planned(planned: PlannedFile) -> None:
    for change, reason in planned.refused:
        typer.echo(f"planned change {change.reference} was not applied: {reason}")
    for change in planned.never_began:
        typer.echo(f"planned change {change.reference} begins after the newest event")


def _print_wrong_times(detectors: list[Detector], tally: Tally, behind: int) -> None:
    late = sum(detector.late_events_total for detector in detectors)
    impossible = sum(detector.time_jumps_total for detector in detectors)
    if impossible or max(late, behind) > _TOLD_LATE_SHARE * tally.events:
        typer.echo(
            f"{behind} events are an hour or more older than an earlier line of their file, {late} "
            f"came after their hour was closed, {impossible} have an impossible time: a file is "
            "not in the order of time, a clock is wrong, or somebody forges times: see "
            "docs/runbooks/event_times.md"
        )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("detect")(detect)
