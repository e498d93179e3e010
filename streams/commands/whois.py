"""`sellerwatch whois`: say who the people behind principals are."""

from typing import Annotated, Final

import typer

from models.domain.redaction import SubjectHasher
from streams.commands.options import ConfigOption
from streams.presentation.untrusted_text import sanitize_name
from streams.settings.secrets import redaction_key
from streams.settings.settings import load_settings
from streams.web.people import People

_NAME_CHARACTERS: Final = 200
NamesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME...",
        help="A principal as an incident shows it, or a mail address, user id or ARN of a log.",
    ),
]


def whois(names: NamesArgument, config: ConfigOption = None) -> None:
    """Say who is behind principals, by your people_file; exit with 1 if nobody is known.

    An address is told as incidents show it, so that you find them. Nothing is written anywhere.

    Example: `sellerwatch whois mail-e7ce3fa044fde6be jane@example.com`
    """
    settings = load_settings(config)
    people, key = People.load(settings), redaction_key(settings.sources)
    unknown = 0
    for name in names:
        principal = name if key is None else SubjectHasher(key).clean(name)
        found = people.name_of(principal)
        unknown += not found
        shown = sanitize_name(principal, _NAME_CHARACTERS)
        typer.echo(f"{shown}: {found or 'nobody in people_file'}")
    if unknown:
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("whois")(whois)
