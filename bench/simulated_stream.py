"""Simulated events and their ground truth, cached between runs."""

from pathlib import Path
from typing import Final
from zlib import crc32

import msgspec

from models.domain.access_event import AccessEvent
from models.domain.data_class import DataClass
from models.domain.redaction import SubjectHasher
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.simulation import Attack, Simulation, SimulationSettings

WARM_UP_DAYS: Final = 7
# Fourteen scored days follow the warm-up.
DAYS: Final = 21
PRINCIPALS: Final = 96
_KEY: Final = bytes(range(32))
_CACHE: Final = Path(__file__).parent.parent / ".cache" / "detection"


class SimulatedStream(msgspec.Struct, array_like=True):
    """Events of one seed in order of arrival, with the ground truth.

    Parameters
    ----------
    seed
        Of the simulation.
    start_seconds
        Start time, in seconds since 1970-01-01 UTC.
    events
        Events as the sources parse them.
    attacks
        The truth.
    profiles
        Principal -> (kind, allowed data classes, expected networks) as a seller would declare.
    canary_hashes
        Keyed hashes of the planted ids.
    """

    seed: int
    start_seconds: float
    events: list[AccessEvent]
    attacks: list[Attack]
    profiles: dict[str, tuple[str, tuple[DataClass, ...], tuple[str, ...]]]
    canary_hashes: list[int]


def simulated_stream(seed: int, principals: int = PRINCIPALS, days: int = DAYS) -> SimulatedStream:
    """Return the stream of a seed, from the cache if possible."""
    path = _CACHE / f"seed-{seed}-{principals}-{days}-{_version():08x}.msgpack"
    if path.exists():
        return msgspec.msgpack.decode(path.read_bytes(), type=SimulatedStream)
    stream = _simulate(seed, principals, days)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(msgspec.msgpack.encode(stream))
    unfinished.rename(path)
    return stream


def _version() -> int:
    """Return a number that changes with the code that makes the events."""
    root = Path(__file__).parent.parent
    number = 0
    for folder in ("streams/simulation", "streams/sources"):
        for path in sorted((root / folder).rglob("*.py")):
            number = crc32(path.read_bytes(), number)
    return number


def _simulate(seed: int, principals: int, days: int) -> SimulatedStream:
    settings = SimulationSettings(
        seed=seed, days=days, principals=principals, warm_up_days=WARM_UP_DAYS
    )
    simulation = Simulation(settings)
    parser = make_parser(Settings(), "auto", _KEY)
    events = [
        event
        for record in simulation.records()
        for event in parser.parse(record.record, source="simulation", position="")
        if isinstance(event, AccessEvent)
    ]
    profiles = {
        name: (str(one.kind), one.allowed_data_classes, one.expected_networks)
        for name, one in simulation.profiles().items()
    }
    hasher = SubjectHasher(_KEY)
    return SimulatedStream(
        seed,
        settings.start_seconds,
        events,
        list(simulation.truth),
        profiles,
        [hasher.subject(name) for name in simulation.canaries],
    )
