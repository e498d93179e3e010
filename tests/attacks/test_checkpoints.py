"""Whoever may write to the topic of checkpoints must change no incident, and be reported."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from live import Deployment, Worker, feed
from real_parts import wait_for
from scene import expected, outcome, simulated

from models.domain.access_event import AccessEvent
from streams.kafka.clients import make_producer
from streams.kafka.topic_reader import TopicReader
from streams.kafka.topics import checkpoint_topic
from streams.worker.checkpoints.checkpoint_log import CheckpointLog
from streams.worker.checkpoints.fragment import FragmentKey
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.checkpoints.seal import Seal

pytestmark = pytest.mark.xdist_group("forged checkpoints")
GROUPS = 64
FAR_AHEAD = 1_000_000
Table = dict[tuple[int, bytes], bytes]


@dataclass
class Attacker:
    """Reads and writes the topic, and has no key."""

    deployment: Deployment

    def read(self) -> Table:
        """The newest value of each key, with the partition it is in."""
        settings = self.deployment.settings()
        table: Table = {}
        with TopicReader(settings.kafka, checkpoint_topic(settings)) as reader:
            reader.from_beginning()
            for message in reader.until_end():
                if message.value is None:
                    table.pop((message.partition, message.key), None)
                else:
                    table[message.partition, message.key] = message.value
        return table

    def write(self, records: dict[tuple[int, bytes], bytes | None]) -> None:
        settings = self.deployment.settings()
        producer = make_producer(settings.kafka)
        for (partition, key), value in records.items():
            producer.send(checkpoint_topic(settings), partition=partition, key=key, value=value)
        producer.flush()
        producer.close()

    def put_back(self, earlier: Table) -> None:
        self.write(dict.fromkeys(self.read()) | earlier)


def all_was_read(seal: Seal) -> Table:
    """Checkpoints that say that every event was read, and that nobody has habits."""
    records: Table = {}
    for partition in range(4):
        log = CheckpointLog(partition, GROUPS, writer=1)
        log.begin_anew(FAR_AHEAD)
        for key, value in log.append(PartitionState(FAR_AHEAD, {})):
            records[partition, key] = seal.wrap(key, value)
    return records


def unsigned(attacker: Attacker, _: Table) -> None:
    attacker.write(all_was_read(Seal("forged")))


def with_a_key_of_its_own(attacker: Attacker, _: Table) -> None:
    attacker.write(all_was_read(Seal("forged", [b"x" * 32])))


def with_a_changed_bit(attacker: Attacker, _: Table) -> None:
    table = attacker.read()
    attacker.write({place: value[:-1] + bytes([value[-1] ^ 1]) for place, value in table.items()})


def with_swapped_partitions(attacker: Attacker, _: Table) -> None:
    table = attacker.read()
    swapped: Table = {}
    for (partition, key), value in table.items():
        place, other = FragmentKey.parse(key), partition ^ 1
        swapped[other, FragmentKey(other, place.kind, place.slot, place.part).key] = value
    attacker.write(swapped)


def with_a_part_cut_off(attacker: Attacker, _: Table) -> None:
    attacker.write({place: value[: len(value) // 2] for place, value in attacker.read().items()})


def with_an_older_state(attacker: Attacker, earlier: Table) -> None:
    attacker.put_back(earlier)


def with_nothing(attacker: Attacker, _: Table) -> None:
    attacker.put_back({})


ATTACKS: dict[Callable[[Attacker, Table], None], str] = {
    unsigned: "unsigned",
    with_a_key_of_its_own: "unknown_key",
    with_a_changed_bit: "forged",
    with_swapped_partitions: "forged",
    with_a_part_cut_off: "forged",
    with_an_older_state: "stale",
    with_nothing: "stale",
}


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[AccessEvent]:
    return simulated(tmp_path_factory.mktemp("log"))


@pytest.fixture
def deployment(kafka: str, tmp_path: Path) -> Iterator[Deployment]:
    key = tmp_path / "checkpoint-keys"
    key.write_text("cd" * 32)
    checkpoints = {"interval_seconds": 0.5, "groups": GROUPS, "key_file": str(key)}
    yield Deployment.create([kafka], tmp_path, "forged-checkpoints", checkpoints=checkpoints)


def score(deployment: Deployment, events: list[AccessEvent]) -> Worker:
    """Have a worker that has just started score some events and save; kill it."""
    worker = Worker(deployment).start()
    try:
        worker.wait_until_ready()
        feed(deployment, events)
        wait_for("the last checkpoint", deployment.is_done, seconds=60)
        wait_for("the figures", worker.metrics)
        assert worker.process is not None
        assert worker.process.poll() is None
    finally:
        worker.kill()
    return worker


def test_no_forgery_changes_an_incident(deployment: Deployment, events: list[AccessEvent]) -> None:
    attacker = Attacker(deployment)
    size = len(events) // (len(ATTACKS) + 2)
    score(deployment, events[:size])
    earlier = attacker.read()
    worker = score(deployment, events[size : 2 * size])
    assert '"refused' not in worker.log.read_text()
    for number, (attack, reason) in enumerate(ATTACKS.items(), 2):
        attack(attacker, earlier)
        worker.log.unlink()
        end = None if number == len(ATTACKS) + 1 else (number + 1) * size
        score(deployment, events[number * size : end])
        told = worker.log.read_text()
        assert "refused: " in told, attack
        assert f" {reason}" in told.split("refused: ", 1)[1].split("(")[0], attack
        assert "Traceback" not in told, attack
        earlier = attacker.read() if attack is with_swapped_partitions else earlier
    found = {key: outcome(states[-1]) for key, states in deployment.incidents().items()}
    assert found == expected(events)


BOMBS = """
import resource, zlib
from streams.worker.checkpoints.fragment import Fragment, FragmentKey, Kind
from streams.worker.checkpoints.recovery import Recovery
from streams.worker.checkpoints.seal import Seal

# The limit of a worker's container.
resource.setrlimit(resource.RLIMIT_AS, (1_000_000_000, 1_000_000_000))
stream = zlib.compressobj(9)
packed = b"".join(stream.compress(bytes(1_000_000)) for _ in range(900)) + stream.flush()
records = {
    FragmentKey(3, Kind.DELTA, slot, 0).key: Fragment(Kind.DELTA, slot, 1, 0, 1, packed).encode()
    for slot in range(1, 64)
}
assert max(map(len, records.values())) < 1_000_000
found = Recovery.of(records, Seal("group"), partition=3, groups=64, writer=9)
assert dict(found.refused) == {"too_large": 63}, found.refused
"""


def test_records_of_a_megabyte_that_inflate_to_57_gigabytes_are_refused_within_one(
    root: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BOMBS], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
