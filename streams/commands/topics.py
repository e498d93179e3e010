"""`sellerwatch topics`: create and check the topics."""

from contextlib import closing

import typer

from streams.commands.options import ConfigOption
from streams.kafka.clients import make_admin, quiet_client_logs
from streams.kafka.topics import check_topics, create_topics, topic_shapes
from streams.settings.settings import load_settings


def create(config: ConfigOption = None) -> None:
    """Create the topics that are missing.

    Example: `sellerwatch topics create --config /etc/sellerwatch.yaml`
    """
    quiet_client_logs()
    settings = load_settings(config)
    with closing(make_admin(settings.kafka)) as admin:
        created = create_topics(admin, settings)
    for shape in topic_shapes(settings):
        word = "created" if shape.name in created else "exists"
        typer.echo(
            f"{word} {shape.name}: {shape.partitions} partitions, "
            f"{shape.replication_factor} replicas, {shape.config['cleanup.policy']}"
        )


def check(config: ConfigOption = None) -> None:
    """Compare the cluster's topics with the settings; exit with 1 if they differ.

    Example: `sellerwatch topics check`
    """
    quiet_client_logs()
    settings = load_settings(config)
    with closing(make_admin(settings.kafka)) as admin:
        problems = check_topics(admin, settings)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo("all topics match the settings")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Create and check the topics.", no_args_is_help=True)
    group.command("create")(create)
    group.command("check")(check)
    app.add_typer(group, name="topics")
