"""`sellerwatch report`: who read what, how much and from where, as a PDF."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from models.domain.access_event import AccessEvent
from models.errors import InputError
from streams.commands.audit_note import note_access
from streams.commands.byte_progress import byte_progress
from streams.commands.feedback_sender import login_name
from streams.commands.options import ConfigOption, EmbeddedOption, FormatOption
from streams.exposure.exposure_count import ExposureCount
from streams.exposure.exposure_reader import ExposureReader
from streams.exposure.exposure_report import ExposureReport, exposure_report
from streams.exposure.period import Period
from streams.exposure.policy_controls import Facts
from streams.exposure.report_pdf import report_pdf
from streams.exposure.report_words import headline
from streams.ingest.parser_factory import make_parser
from streams.kafka.audit_topic import AuditAction
from streams.kafka.clients import quiet_client_logs
from streams.settings.settings import Settings, load_settings
from streams.sources.files.read_events import read_events
from streams.sources.flow.tally import Tally
from streams.worker.detector_factory import DetectorFactory

PathsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...", help="Files or folders of raw logs; without any, Kafka is read."
    ),
]
FromOption = Annotated[str, typer.Option("--from", help="The first day, such as 2026-01-01.")]
ToOption = Annotated[str, typer.Option("--to", help="The last day, which is included.")]
OutOption = Annotated[Path, typer.Option("--out", help="The PDF.")]
TenantOption = Annotated[
    str | None, typer.Option("--tenant", help="Only this tenant's data; default: all.")
]
SecondsOption = Annotated[
    float, typer.Option("--seconds", help="How long to read Kafka at most.", min=1.0)
]
ByOption = Annotated[
    str | None, typer.Option("--by", help="Who makes it; default: the name you are logged in as.")
]


def report(
    paths: PathsArgument = None,
    *,
    first: FromOption,
    last: ToOption,
    out: OutOption,
    tenant: TenantOption = None,
    seconds: SecondsOption = 900.0,
    by: ByOption = None,
    format_: FormatOption = "auto",
    config: ConfigOption = None,
    embedded_broker: EmbeddedOption = False,
) -> None:
    """Report to the seller's owner who read what, how much and from where.

    Example: `sellerwatch report --from 2026-01-01 --to 2026-01-31 --out exposure.pdf`
    """
    quiet_client_logs()
    settings = load_settings(config).for_a_person()
    period, name = Period.parse(first, last), by or login_name()
    factory = DetectorFactory.load(settings)
    facts = Facts.of(settings, factory.settings, factory.profiles)
    if paths:
        made = _from_files(
            settings, paths=paths, format_=format_, period=period, tenant=tenant, facts=facts,
            by=name,
        )  # fmt: skip
    else:
        made = _from_kafka(
            settings, period=period, tenant=tenant, facts=facts, by=name, seconds=seconds
        )
        note_access(
            settings, AuditAction.REPORT, time=made.made_at, by=name, tenant=tenant,
            one_record_a_batch=embedded_broker,
        )  # fmt: skip
    try:
        out.write_bytes(report_pdf(made))
    except OSError as error:
        message = f"{out}: {error.strerror}: name a file that can be written"
        raise InputError(message) from error
    typer.echo(f"{out}: {period}, {made.events} events: {headline(made)}")
    for gap in made.gaps:
        typer.echo(f"incomplete: {gap}", err=True)


def _from_files(
    settings: Settings,
    *,
    paths: list[str],
    format_: str,
    period: Period,
    tenant: str | None,
    facts: Facts,
    by: str,
) -> ExposureReport:
    count, tally = ExposureCount(period, tenant), Tally()
    with byte_progress(paths, "reading") as on_bytes:
        for item in read_events(
            paths,
            make_parser(settings, format_),
            disorder_seconds=settings.sources.disorder_seconds,
            on_bytes=on_bytes,
        ):
            tally.count(item)
            if isinstance(item, AccessEvent):
                count.add(item)
    unread = f"{tally.dead_letters} records of the files could not be read"
    return exposure_report(
        count, None, facts, made_at=datetime.now(UTC), made_by=by, source="log files",
        gaps=(unread,) if tally.dead_letters else (),
    )  # fmt: skip


def _from_kafka(
    settings: Settings,
    *,
    period: Period,
    tenant: str | None,
    facts: Facts,
    by: str,
    seconds: float,
) -> ExposureReport:
    reader = ExposureReader(settings)
    found = reader.count(period, tenant, seconds=seconds)
    incidents = reader.incidents(period, seconds=seconds)
    return exposure_report(
        found.count, incidents, facts, made_at=datetime.now(UTC), made_by=by,
        source=f"the topic {settings.topics.events}", gaps=found.gaps,
    )  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)
