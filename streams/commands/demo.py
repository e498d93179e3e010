"""`sellerwatch demo`: a simulated fortnight through every real layer."""

from typing import Annotated

import typer

from streams.demo.demo import Demo, terminal


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep it running, to look at the incident pages.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same demo.")] = 7,
    days: Annotated[int, typer.Option(min=8, max=60, help="Simulated days.")] = 14,
    principals: Annotated[int, typer.Option(min=12, max=2000, help="Size of the fleet.")] = 40,
    feed_seconds: Annotated[
        float, typer.Option(min=1, max=90, help="Shortest time to feed all records.")
    ] = 45.0,
) -> None:
    """Watch a payment processor's key read the buyer table until a page stops it.

    Example: `sellerwatch demo --seed 3`
    """
    run = Demo(
        seed=seed, days=days, principals=principals, feed_seconds=feed_seconds, console=terminal()
    )
    run.run(keep=keep)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)
