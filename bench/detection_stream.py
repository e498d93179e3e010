"""The events of a world and their ground truth, cached between runs."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import msgspec

from models.domain.access_event import AccessEvent
from models.domain.data_class import DataClass
from models.domain.redaction import SubjectHasher
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.simulation import Attack
from streams.simulation.worlds import FAMILIES as OWN_FAMILIES
from streams.simulation.worlds import make_world

RETAIL: Final = "retail"
FAMILIES: Final = (*OWN_FAMILIES, RETAIL)
_KEY: Final = bytes(range(32))
_ROOT: Final = Path(__file__).resolve().parent.parent
_CACHE: Final = _ROOT / ".cache" / "detection"
_DAY: Final = 86_400.0
_TYPES: Final = {
    "a": "burst", "b": "trickle", "c": "leaked_key", "d": "processor_new_class",
    "e": "night_export", "f": "new_scraper", "g": "ramp",
}  # fmt: skip


class WorldStream(msgspec.Struct, array_like=True):
    """The events of one world in order of arrival, with the ground truth.

    Parameters
    ----------
    family, seed
        Of the world.
    begin_seconds, end_seconds
        From when until when pages are judged, in seconds since 1970-01-01 UTC.
    events
        Events as the sources parse them.
    attacks
        The truth.
    profiles
        Principal -> (kind, allowed data classes, expected networks) as a seller would declare.
    canary_hashes
        Keyed hashes of the planted ids.
    """

    family: str
    seed: int
    begin_seconds: float
    end_seconds: float
    events: list[AccessEvent]
    attacks: list[Attack]
    profiles: dict[str, tuple[str, tuple[DataClass, ...], tuple[str, ...]]]
    canary_hashes: list[int]


def retail_emitter() -> Path | None:
    """Return the second author's emitter, which lies in a folder beside the checkout or above."""
    places = (folder / "shared" / "worlds" / RETAIL / "emit.py" for folder in _ROOT.parents)
    return next((place for place in places if place.is_file()), None)


def world_stream(family: str, seed: int) -> WorldStream:
    """Return the stream of a world, from the cache if possible."""
    path = _CACHE / f"{family}-{seed}-{_version():08x}.msgpack"
    if path.exists():
        return msgspec.msgpack.decode(path.read_bytes(), type=WorldStream)
    stream = _retail(seed) if family == RETAIL else _own(family, seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(msgspec.msgpack.encode(stream))
    unfinished.rename(path)
    return stream


def _version() -> int:
    """Return a number that changes with the code that makes the events."""
    number = crc32(Path(__file__).read_bytes())
    for folder in ("streams/simulation", "streams/sources", "config/catalogue"):
        for path in sorted((_ROOT / folder).rglob("*.[py]*")):
            number = crc32(path.read_bytes(), number) if path.is_file() else number
    return number


def _own(family: str, seed: int) -> WorldStream:
    world = make_world(family, seed)
    hasher = SubjectHasher(_KEY)
    return WorldStream(
        family,
        seed,
        world.start_seconds + world.warm_up_days * _DAY,
        world.start_seconds + world.days * _DAY,
        list(_parsed(record.record for record in world.records())),
        list(world.truth),
        {
            name: (str(one.kind), one.allowed_data_classes, one.expected_networks)
            for name, one in world.profiles().items()
        },
        [hasher.subject(name) for name in world.canaries],
    )


def _parsed(records: Iterable[dict[str, Any]]) -> Iterator[AccessEvent]:
    parser = make_parser(Settings(), "auto", _KEY)
    for record in records:
        for event in parser.parse(record, source="simulation", position=""):
            if isinstance(event, AccessEvent):
                yield event


def _retail(seed: int) -> WorldStream:
    """Run the emitter as it is; its logs are merged by time, second deliveries left out."""
    emitter = retail_emitter()
    if emitter is None:
        message = "there is no shared/worlds/retail/emit.py beside the checkout"
        raise FileNotFoundError(message)
    with tempfile.TemporaryDirectory(prefix="retail-") as folder:
        command = [sys.executable, str(emitter), str(seed), folder]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - a fixed file
        events: dict[str, AccessEvent] = {}
        for name in ("api.ndjson", "cloudtrail.ndjson"):
            with (Path(folder) / name).open("rb") as lines:
                for event in _parsed(map(msgspec.json.decode, lines)):
                    events.setdefault(event.event_id, event)
        truth = json.loads((Path(folder) / "truth.json").read_bytes())
    begin = _seconds(truth["evaluate_from"])
    return WorldStream(
        RETAIL,
        seed,
        begin,
        begin + truth["days"] * _DAY,
        sorted(events.values(), key=lambda event: event.time),
        [_attack(one) for one in truth["attacks"]],
        {},
        [],
    )


def _attack(told: dict[str, Any]) -> Attack:
    """Make an attack of the emitter's truth, which tells its rows at up to 200 moments."""
    moments = [(_seconds(time), rows) for time, rows in told["timeline"]]
    rows = [moments[0][1], *(b[1] - a[1] for a, b in pairwise(moments))]
    return Attack(
        attack_id=f"{told['type']}-{told['id']}",
        kind=_TYPES[told["type"]],
        tenant="",
        principal=told["principal"],
        credential_id="",
        start=_seconds(told["start"]),
        end=_seconds(told["end"]),
        data_classes=(),
        event_ids=(),
        times=tuple(time for time, _ in moments),
        rows=tuple(round(count) for count in rows),
    )


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
