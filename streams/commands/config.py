"""`sellerwatch config`: print and check the settings."""

import re
from typing import Any, Final

import typer
import yaml

from streams.catalogue.catalogue_files import load_catalogue
from streams.commands.options import ConfigOption
from streams.evidence.evidence_key import EvidenceKey
from streams.geo.network_lookup import load_networks
from streams.kafka.connection import KafkaConnection
from streams.settings.secrets import checkpoint_keys, read_secret, redaction_key
from streams.settings.settings import load_settings
from streams.sources.formats.access_log_table import load_tables
from streams.web.access_tokens import read_access_tokens
from streams.web.people import People
from streams.worker.detector_factory import DetectorFactory

_MASK: Final = "**********"
# Whatever stands before the last @ of a URL may be a password, also one with a slash in it.
_PASSWORD: Final = re.compile(r"(?<=://)[^\s]*(?=@)")
_QUERY: Final = re.compile(r"(?<=[?&=#])[^\s&=#]+")


def show(config: ConfigOption = None) -> None:
    """Print the settings in effect, with secrets masked, also those in URLs.

    Example: `sellerwatch config show > sellerwatch.yaml`
    """
    settings = load_settings(config)
    shown = without_passwords(settings.model_dump(mode="json"))
    typer.echo(yaml.safe_dump(shown, sort_keys=False), nl=False)


def without_passwords(value: Any) -> Any:
    """Mask what may be secret in the URLs of some settings: the person, the password, the query.

    Examples
    --------
    >>> without_passwords({"urls": ["https://bob:pw@am.example:9093/?token=abc"], "count": 3})
    {'urls': ['https://**********@am.example:9093/?**********=**********'], 'count': 3}
    """
    if isinstance(value, dict):
        return {name: without_passwords(item) for name, item in value.items()}
    if isinstance(value, list):
        return [without_passwords(item) for item in value]
    if not isinstance(value, str) or "://" not in value:
        return value
    head, mark, query = _PASSWORD.sub(_MASK, value).partition("?")
    return head + mark + _QUERY.sub(_MASK, "?" + query)[1:]


def check(config: ConfigOption = None) -> None:
    """Check the settings and every file they name; exit with 2 if one is wrong.

    Example: `sellerwatch config check --config /etc/sellerwatch.yaml`
    """
    settings = load_settings(config)
    profiles = DetectorFactory.load(settings).profiles
    load_catalogue(settings.catalogue.directory, settings.catalogue.resource_files)
    load_networks(settings.networks)
    load_tables(settings.sources.tables_directory)
    if settings.alerting.pagerduty_routing_key_file is not None:
        key_file = settings.alerting.pagerduty_routing_key_file
        read_secret(key_file, "alerting.pagerduty_routing_key_file")
    if settings.web.token_file is not None:
        read_access_tokens(settings.web.token_file)
    People.load(settings)
    KafkaConnection.of(settings.kafka)
    key = redaction_key(settings.sources)
    keys = checkpoint_keys(settings.checkpoints)
    EvidenceKey.read(settings.evidence.key_file)
    typer.echo(f"settings are valid; {len(profiles)} principals are declared")
    if key is None:
        typer.echo("no redaction key is set: 'sellerwatch ingest' needs one")
    if not keys:
        typer.echo(
            "no checkpoint key is set: whoever may write to the checkpoints' topic can rewrite "
            "habits; set checkpoints.key_file"
        )
    elif settings.checkpoints.accept_unsigned:
        typer.echo("unsigned checkpoints are accepted: end this with checkpoints.accept_unsigned")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Print and check the settings.", no_args_is_help=True)
    group.command("show")(show)
    group.command("check")(check)
    app.add_typer(group, name="config")
