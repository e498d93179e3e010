"""`sellerwatch ingest`: put logs into Kafka."""

import typer

from models.access_event import AccessEvent
from models.dead_letter import DeadLetter
from models.errors import SettingsError
from streams.commands.event_input import byte_progress, make_parser
from streams.commands.options import ConfigOption, EmbeddedOption, FormatOption, PathsArgument
from streams.kafka_clients import broker_errors, make_producer, quiet_client_logs
from streams.packer import Packer
from streams.secrets import redaction_key
from streams.settings import load_settings
from streams.sources.files import read_events


def ingest(
    paths: PathsArgument,
    format_: FormatOption = "auto",
    config: ConfigOption = None,
    embedded_broker: EmbeddedOption = False,
) -> None:
    """Read logs, hash the personal data in them, and send the events to Kafka.

    Example: `sellerwatch ingest /var/log/seller-api/ --config /etc/sellerwatch.yaml`
    """
    quiet_client_logs()
    settings = load_settings(config)
    key = redaction_key(settings)
    if key is None:
        message = (
            "sources.redaction_key_file is not set: make a key with "
            "'openssl rand -hex 32 > redaction.key' and name that file"
        )
        raise SettingsError(message)
    parser = make_parser(settings, format_, key)
    producer = make_producer(settings, one_record_a_batch=embedded_broker)
    packer = Packer(producer, settings)
    skipped = 0
    with byte_progress(paths, "sending") as on_bytes, broker_errors(settings):
        for item in read_events(
            paths, parser, disorder_seconds=settings.sources.disorder_seconds, on_bytes=on_bytes
        ):
            if isinstance(item, AccessEvent):
                packer.add(item)
            elif isinstance(item, DeadLetter):
                packer.add_dead_letter(item)
            else:
                skipped += 1
        packer.flush()
        producer.close()
    typer.echo(
        f"{packer.events_total} events in {packer.messages_total} messages, {skipped} skipped, "
        f"{packer.dead_letters_total} dead letters in topic {settings.topics.dead_letters}"
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ingest")(ingest)
