"""`sellerwatch verdict`: say what an incident was."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from models.incidents.feedback import Verdict, feedback_on
from models.incidents.note import NOTE_CHARACTERS
from streams.commands.feedback_sender import login_name, send_feedback
from streams.commands.options import ConfigOption, EmbeddedOption
from streams.kafka.clients import quiet_client_logs
from streams.kafka.find_incident import find_incident
from streams.presentation.untrusted_text import sanitize_name
from streams.settings.settings import load_settings

IncidentArgument = Annotated[
    str, typer.Argument(metavar="INCIDENT", help="Id of the incident, as the page names it.")
]
JudgementArgument = Annotated[
    Verdict, typer.Argument(metavar="benign|malicious", help="What it was.")
]
NoteOption = Annotated[
    str, typer.Option("--note", help=f"Why, in {NOTE_CHARACTERS} characters; no personal data.")
]
ByOption = Annotated[
    str | None, typer.Option("--by", help="Who decided; default: the name you are logged in as.")
]


def verdict(
    incident: IncidentArgument,
    judgement: JudgementArgument,
    *,
    note: NoteOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    embedded_broker: EmbeddedOption = False,
) -> None:
    """Say what an incident was; the detectors learn from it.

    Example: `sellerwatch verdict 0123456789abcdef benign --note "backfill, change 4711"`
    """
    quiet_client_logs()
    settings = load_settings(config).for_a_person()
    found = find_incident(settings, incident)
    decided = feedback_on(
        found, judgement, note=note, decided_at=datetime.now(UTC), by=by or login_name()
    )
    send_feedback(settings, decided, one_record_a_batch=embedded_broker)
    what = "records" if found.exposure.records else "calls"
    typer.echo(
        f"{decided.verdict}: incident {decided.incident_id} of {sanitize_name(found.principal)}, "
        f"judged at {decided.judged_records} {what}"
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verdict")(verdict)
