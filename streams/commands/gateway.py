"""`sellerwatch gateway`: keys of the seller's own for third parties."""

import asyncio
import logging
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer
import yaml
from aiohttp import web
from pydantic import ValidationError

from models.domain.data_class import DataClass
from models.errors import InputError, SettingsError
from streams.catalogue.catalogue_files import load_catalogue
from streams.commands.options import ConfigOption
from streams.gateway.authorizer import Authorizer
from streams.gateway.authorizer_app import make_app
from streams.gateway.gateway_key import GatewayKey
from streams.gateway.key_file import KeyFile
from streams.gateway.marketplace_token import MarketplaceToken
from streams.settings.settings import Settings, load_settings
from streams.settings.yaml_file import describe

_DAYS: Final = 365
ApplicationArgument = Annotated[
    str, typer.Argument(metavar="APPLICATION", help="The third party, as incidents name it.")
]
ClassesOption = Annotated[
    str, typer.Option("--classes", help="What it may read, such as payment,financial.")
]
DaysOption = Annotated[int, typer.Option("--days", min=1, max=3_650, help="When it ends.")]


def key(application: ApplicationArgument, classes: ClassesOption, days: DaysOption = _DAYS) -> None:
    """Make a key for a third party: it is told once, and its entry holds only a digest.

    Example: `sellerwatch gateway key payments.example --classes financial >> gateway-keys.yaml`
    """
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    try:
        secret, made = GatewayKey.make(application, _classes(classes), expires)
    except ValidationError as error:
        raise InputError(describe(error, "APPLICATION").partition(": see ")[0]) from error
    entry = made.model_dump(mode="json")
    text = yaml.safe_dump({entry.pop("credential_id"): entry}, sort_keys=False)
    typer.echo(text, nl=False)
    typer.echo(f"the key of {application}, told only here: {secret}", err=True)


def serve(config: ConfigOption = None) -> None:
    """Answer the gateway's questions: who calls, may it, and with what token.

    Example: `sellerwatch gateway serve --config /etc/sellerwatch.yaml`
    """
    logging.basicConfig(level=logging.INFO, format="sellerwatch: %(message)s")
    settings = load_settings(config)
    app = _application(settings)
    asyncio.run(_serve(app, settings.gateway.host, settings.gateway.port))


def _classes(text: str) -> tuple[DataClass, ...]:
    try:
        return tuple(DataClass(word.strip()) for word in text.split(",") if word.strip())
    except ValueError as error:
        message = f"--classes {text[:80]}: choose from {', '.join(DataClass)}"
        raise InputError(message) from error


def _application(settings: Settings) -> web.Application:
    gateway = settings.gateway
    if gateway.keys_file is None:
        message = (
            "gateway.keys_file is not set: make a key with "
            "'sellerwatch gateway key NAME --classes financial >> gateway-keys.yaml' and name it"
        )
        raise SettingsError(message)
    catalogue = load_catalogue(settings.catalogue.directory, settings.catalogue.resource_files)
    return make_app(
        Authorizer(catalogue),
        KeyFile(gateway.keys_file),
        MarketplaceToken(gateway, time.monotonic),
        time.time,
    )


async def _serve(app: web.Application, host: str, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        typer.echo(f"checking keys on http://{host}:{port}")
        await stop.wait()
    except OSError as error:
        message = f"gateway.port {port}: {error.strerror or error}: choose a free one"
        raise SettingsError(message) from error
    finally:
        await runner.cleanup()


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Keys of your own for third parties, in front of the marketplace.",
        no_args_is_help=True,
    )
    group.command("key")(key)
    group.command("serve")(serve)
    app.add_typer(group, name="gateway")
