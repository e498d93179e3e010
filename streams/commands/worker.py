"""`sellerwatch worker`: score events from Kafka."""

import typer

from streams.commands.options import ConfigOption, EmbeddedOption
from streams.settings.settings import load_settings
from streams.worker.run import run_worker


def worker(config: ConfigOption = None, embedded_broker: EmbeddedOption = False) -> None:
    """Score events from Kafka and publish incidents and metrics until stopped.

    Example: `sellerwatch worker --config /etc/sellerwatch.yaml`
    """
    run_worker(load_settings(config), one_record_a_batch=embedded_broker)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("worker")(worker)
