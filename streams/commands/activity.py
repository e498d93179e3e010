"""`sellerwatch activity`: take an incident, or write down what was done and said."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from models.errors import ActivityError, InputError
from models.incidents.activity import ActivityKind, activity_on
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
ActionArgument = Annotated[
    ActivityKind, typer.Argument(metavar="taken|released|done|said", help="What you did.")
]
NoteOption = Annotated[
    str,
    typer.Option(
        "--note", help=f"What was done or said, in {NOTE_CHARACTERS} characters; no personal data."
    ),
]
ByOption = Annotated[
    str | None, typer.Option("--by", help="Who did it; default: the name you are logged in as.")
]


def activity(
    incident: IncidentArgument,
    action: ActionArgument,
    *,
    note: NoteOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    embedded_broker: EmbeddedOption = False,
) -> None:
    """Take an incident, hand it back, or write down what was done or said about it.

    Example: `sellerwatch activity 0123456789abcdef taken`
    """
    quiet_client_logs()
    settings = load_settings(config).for_a_person()
    found = find_incident(settings, incident)
    try:
        entry = activity_on(found, action, note=note, at=datetime.now(UTC), by=by or login_name())
    except ActivityError as error:
        message = f"{error}: add --note"
        raise InputError(message) from error
    send_feedback(settings, entry, one_record_a_batch=embedded_broker)
    typer.echo(
        f"{entry.kind}: incident {entry.incident_id} of {sanitize_name(found.principal)}, "
        f"by {entry.by}"
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("activity")(activity)
