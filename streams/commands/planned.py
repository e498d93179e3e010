"""`sellerwatch planned`: declare reads that are expected, up to a size and a time."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from models.errors import InputError, PlannedChangeError
from models.incidents.note import NOTE_CHARACTERS
from streams.commands.feedback_sender import login_name, send_feedback
from streams.commands.options import ConfigOption, EmbeddedOption
from streams.kafka.clients import quiet_client_logs
from streams.presentation.planned_form import planned_change
from streams.presentation.untrusted_text import sanitize_name
from streams.presentation.wording import format_time
from streams.settings.settings import load_settings

PrincipalArgument = Annotated[
    str, typer.Argument(metavar="PRINCIPAL", help="Its full name, as incidents show it.")
]
TenantOption = Annotated[str, typer.Option("--tenant", help="Its seller or account.")]
UntilOption = Annotated[
    str, typer.Option("--until", help="UTC: 18:00, or 2026-01-31T18:00; at most a week.")
]
FromOption = Annotated[str, typer.Option("--from", help="Where it begins; default: now.")]
RecordsOption = Annotated[str, typer.Option("--records", help="Most records, such as 200,000.")]
ChangeOption = Annotated[
    str, typer.Option("--change", help="Its number in your list of changes, such as 4711.")
]
WhyOption = Annotated[
    str,
    typer.Option("--why", help=f"What is done, in {NOTE_CHARACTERS} characters; no personal data."),
]
ClassesOption = Annotated[
    str, typer.Option("--classes", help="Only these data classes, separated by commas.")
]
ByOption = Annotated[
    str | None, typer.Option("--by", help="Who declares it; default: who you are logged in as.")
]


def planned(  # noqa: PLR0913
    principal: PrincipalArgument,
    *,
    tenant: TenantOption,
    until: UntilOption,
    records: RecordsOption,
    change: ChangeOption,
    why: WhyOption,
    from_: FromOption = "",
    classes: ClassesOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    embedded_broker: EmbeddedOption = False,
) -> None:
    """Declare reads that are expected: within the limits they page nobody, beyond them they do.

    Example: `sellerwatch planned erp-prod --tenant A1 --until 18:00 --records 200,000
    --change 4711 --why "backfill"`
    """
    quiet_client_logs()
    settings = load_settings(config).for_a_person()
    now = datetime.now(UTC)
    told = {
        "tenant": tenant,
        "principal": principal,
        "from": from_,
        "until": until,
        "records": records,
        "reference": change,
        "why": why,
        "classes": classes,
    }
    try:
        declared = planned_change(told, now=now, declared_at=now, by=by or login_name())
    except PlannedChangeError as error:
        raise InputError(str(error)) from error
    send_feedback(settings, declared, one_record_a_batch=embedded_broker)
    typer.echo(
        f"planned change {declared.reference}: up to {declared.records:,} records by "
        f"{sanitize_name(declared.principal)} until {format_time(declared.until)}"
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("planned")(planned)
