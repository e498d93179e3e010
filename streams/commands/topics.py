"""`sellerwatch topics`: create, check and repartition the topics."""

from contextlib import closing
from typing import Annotated

import typer

from streams.commands.options import ConfigOption
from streams.kafka.clients import make_admin, quiet_client_logs
from streams.kafka.topics import check_topics, create_topics, topic_shapes
from streams.settings.settings import load_settings
from streams.worker.repartition import Repartition

PartitionsOption = Annotated[
    int, typer.Option("--partitions", help="The new number of partitions.", min=1, max=10_000)
]


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
    settings = load_settings(config).for_a_person()
    with closing(make_admin(settings.kafka)) as admin:
        problems = check_topics(admin, settings)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo("all topics match the settings")


def repartition(partitions: PartitionsOption, config: ConfigOption = None) -> None:
    """Move a deployment to more partitions, with all habits and open incidents.

    Stop ingest first, let the workers read to the end, and stop them: the command refuses to work
    beside them. If it is interrupted, run it again. Then set topics.partitions everywhere.

    Example: `sellerwatch topics repartition --partitions 16`
    """
    quiet_client_logs()
    settings = load_settings(config).for_a_person()
    before = settings.topics.partitions
    moved = Repartition(settings, partitions, typer.echo).run()
    typer.echo("done" if moved else f"there are {partitions} partitions already")
    if before != partitions:
        earlier = sorted({*settings.topics.earlier_partitions, before})
        typer.echo(
            f"set topics.partitions: {partitions} and topics.earlier_partitions: {earlier} in the "
            "settings of all workers, ingest and commands, and start them"
        )


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Create, check and repartition the topics.", no_args_is_help=True)
    group.command("create")(create)
    group.command("check")(check)
    group.command("repartition")(repartition)
    app.add_typer(group, name="topics")
