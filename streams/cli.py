"""The command line: `sellerwatch`."""

import os
import sys
from typing import Annotated

import typer

from models.errors import SellerwatchError
from streams.commands import (
    activity,
    catalogue,
    classify,
    clocks,
    config,
    demo,
    detect,
    doctor,
    evidence,
    gateway,
    ingest,
    planned,
    report,
    simulate,
    topics,
    verdict,
    whois,
    worker,
)
from streams.presentation.untrusted_text import sanitize
from streams.version import __version__

_INTERRUPTED = 130
_LINE_CHARACTERS = 2_000
# Typer vendors its own click and exports only this subclass of its usage error.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def build_cli() -> typer.Typer:
    """Build the command line with all its commands."""
    app = typer.Typer(
        name="sellerwatch",
        help="Pages the on-call engineer while most of a seller's data is still unread.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def root(
        version: Annotated[
            bool,
            typer.Option(
                "--version", help="Print the version.", callback=_print_version, is_eager=True
            ),
        ] = False,
    ) -> None:
        pass

    commands = (
        demo, worker, ingest, detect, verdict, activity, evidence, report, planned,
        classify,
        topics, clocks, config, catalogue, doctor, whois, gateway, simulate,
    )  # fmt: skip
    for module in commands:
        module.register(app)
    return app


def main() -> None:
    """Run the command line; an error is one line on standard error and exit code 1 or 2."""
    try:
        code = build_cli()(standalone_mode=False)
    except SellerwatchError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except _UsageError as error:
        # Without arguments, typer has printed the help already.
        if text := str(error).rstrip("."):
            _say(f"{text}: see 'sellerwatch --help'")
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted")
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        # The reader of the pipe has left: nobody would see an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sellerwatch {__version__}")
        raise typer.Exit


def _say(text: str) -> None:
    # It may name a file or a record that somebody else wrote.
    typer.echo(f"sellerwatch: {sanitize(text, _LINE_CHARACTERS)}", err=True)
