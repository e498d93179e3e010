"""`sellerwatch simulate`: write the logs of a simulated seller's account."""

import gzip
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Annotated, Any, Final

import msgspec
import typer

from models.errors import InputError, SettingsError
from streams.simulation import Simulation, SimulationSettings
from streams.simulation.worlds import FAMILIES, World, make_world

_GZIP_LEVEL: Final = 4
_LISTS: Final = ("all", "none")
# What a drawn world needs; it draws everything else.
_OF_WORLDS: Final = frozenset({"out", "seed", "world", "compress"})

OutOption = Annotated[Path, typer.Option("--out", help="Folder to write to; created if missing.")]
NamesHelp: Final = "all, none, or names separated by commas."


def simulate(  # noqa: PLR0913 - one argument for each option
    context: typer.Context,
    *,
    out: OutOption,
    world: Annotated[
        str | None,
        typer.Option(help=f"Draw a world of this family: {', '.join(FAMILIES)}."),
    ] = None,
    days: Annotated[int, typer.Option(help="Number of simulated days.")] = 14,
    principals: Annotated[int, typer.Option(help="Number of benign principals.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 7,
    attacks: Annotated[str, typer.Option(help=f"Attacks: {NamesHelp}")] = "all",
    confounders: Annotated[str, typer.Option(help=f"Disturbances: {NamesHelp}")] = "all",
    ways: Annotated[
        str, typer.Option(help="How attacks choose what they read: all, or names.")
    ] = "recent",
    traffic_scale: Annotated[float, typer.Option(help="Factor for the number of calls.")] = 1.0,
    warm_up_days: Annotated[int, typer.Option(help="Days before the first attack.")] = 7,
    compress: Annotated[bool, typer.Option("--gzip", help="Write .ndjson.gz.")] = False,
) -> None:
    """Write seller-api.ndjson, cloudtrail.ndjson and truth.json of a simulated account.

    Example: `sellerwatch simulate --days 14 --principals 40 --seed 7 --attacks all --out sim`
    """
    if world is not None:
        _check_alone(context)
    simulation: World = (
        make_world(world, seed)
        if world is not None
        else Simulation(
            SimulationSettings(
                seed=seed,
                days=days,
                principals=principals,
                attacks=_names(attacks),
                confounders=_names(confounders),
                ways=_names(ways),
                traffic_scale=traffic_scale,
                warm_up_days=warm_up_days,
            )
        )
    )
    try:
        counts = _write(simulation, out, compress)
    except OSError as error:
        message = f"{out}: cannot be written ({error.strerror}); name another folder with --out"
        raise InputError(message) from error
    written = ", ".join(f"{count} {source} records" for source, count in counts.items())
    typer.echo(f"{written} and {len(simulation.truth)} attacks in {out}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate)


def _check_alone(context: typer.Context) -> None:
    """Refuse options that the world draws itself."""
    for name in context.params.keys() - _OF_WORLDS:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            option = name.replace("_", "-")
            message = f"--{option} cannot be chosen with --world: the family draws it; leave it out"
            raise SettingsError(message)


def _names(text: str) -> Any:
    return text if text in _LISTS else tuple(part.strip() for part in text.split(","))


def _write(simulation: World, out: Path, compress: bool) -> dict[str, int]:
    out.mkdir(parents=True, exist_ok=True)
    counts = {"seller-api": 0, "cloudtrail": 0}
    encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode
    with ExitStack() as stack:
        files = {source: stack.enter_context(_open(out, source, compress)) for source in counts}
        for record in simulation.records():
            files[record.source].write(encode(record.record) + b"\n")
            counts[record.source] += 1
    (out / "truth.json").write_bytes(encode(simulation.truth_document()) + b"\n")
    return counts


def _open(out: Path, source: str, compress: bool) -> IO[bytes]:
    path = out / f"{source}.ndjson"
    if not compress:
        return path.open("wb")
    # No time stamp in the header: the same settings give the same bytes.
    return gzip.GzipFile(f"{path}.gz", "wb", compresslevel=_GZIP_LEVEL, mtime=0)  # type: ignore[return-value]
