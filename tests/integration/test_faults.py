"""Faults of a data centre: nothing is lost or doubled, and recovery takes a bounded time."""

import gc
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka_cluster import Cluster
from live import Deployment, Worker, feed, workers
from real_parts import kafka_jars, wait_for
from scene import PARTITIONS, SEED, Scene, expected, outcome, simulated

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from streams.kafka.clients import make_admin, make_producer

# kafka-python leaves the sockets of a killed broker to the garbage collector.
pytestmark = [
    pytest.mark.xdist_group("three brokers"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    root = Path(__file__).resolve().parent.parent.parent
    with Cluster(kafka_jars(root), tmp_path_factory.mktemp("kafka"), nodes=3) as cluster:
        yield cluster


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[AccessEvent]:
    return simulated(tmp_path_factory.mktemp("log"))


@pytest.fixture
def scene(
    cluster: Cluster,
    events: list[AccessEvent],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Iterator[Scene]:
    name = request.node.name.removeprefix("test_")[:30]
    deployment = Deployment.create(cluster.addresses, tmp_path, name)
    with workers(deployment, 2) as running:
        yield Scene(cluster, deployment, running, events)


def leader_of(deployment: Deployment, topic: str, partition: int) -> int:
    admin = make_admin(deployment.settings().kafka)
    described = admin.describe_topics([topic])[0]["partitions"]
    admin.close()
    return next(p["leader_id"] for p in described if p["partition_index"] == partition)


def test_a_broker_is_killed_and_comes_back(scene: Scene) -> None:
    topic = scene.deployment.settings().topics.events
    node = leader_of(scene.deployment, topic, 0)
    scene.play(lambda: scene.cluster.kill(node), lambda: scene.cluster.start(node))


def test_a_leader_moves(scene: Scene) -> None:
    topic = scene.deployment.settings().topics.events
    before = leader_of(scene.deployment, topic, 0)

    def move() -> None:
        nodes = [node for node in (1, 2, 3) if node != before] + [before]
        admin = make_admin(scene.deployment.settings().kafka)
        place = TopicPartition(topic, 0)
        admin.alter_partition_reassignments({place: nodes})
        wait_for("the reassignment", lambda: not admin.list_partition_reassignments())
        preferred = 0
        admin.elect_leaders(preferred, {topic: [0]})
        admin.close()

    scene.play(move, lambda: None)
    assert leader_of(scene.deployment, topic, 0) != before


def test_the_brokers_refuse_to_write(scene: Scene) -> None:
    topic = scene.deployment.settings().topics.incidents

    def require(copies: int) -> None:
        admin = make_admin(scene.deployment.settings().kafka)
        config = {"min.insync.replicas": str(copies)}
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, config)])
        admin.close()

    scene.play(lambda: require(4), lambda: require(2))


def test_a_worker_is_paused_for_longer_than_its_session(scene: Scene) -> None:
    victim = scene.running[0]

    def pause() -> None:
        victim.signal(signal.SIGSTOP)
        time.sleep(5.0)

    scene.play(pause, lambda: victim.signal(signal.SIGCONT))


def test_a_worker_joins_and_another_leaves(scene: Scene) -> None:
    third = Worker(scene.deployment, 2)

    def change() -> None:
        third.start().wait_until_ready()
        scene.running[0].signal(signal.SIGTERM)

    try:
        scene.play(change, lambda: None)
    finally:
        third.kill()


def test_poison_between_the_events(scene: Scene) -> None:
    settings = scene.deployment.settings()

    def poison() -> None:
        producer = make_producer(settings.kafka)
        for partition in range(PARTITIONS):
            producer.send(settings.topics.events, value=b"\x00poison", partition=partition)
        producer.flush()
        producer.close()

    scene.play(poison, lambda: None)
    letters = scene.deployment.read(settings.topics.dead_letters)
    decoded = {msgspec.json.decode(letter, type=DeadLetter) for letter in letters}
    assert len(decoded) == PARTITIONS


def test_clocks_that_differ(cluster: Cluster, events: list[AccessEvent], tmp_path: Path) -> None:
    """One source is minutes behind and one is ahead: the topic decides the order."""
    chance = random.Random(SEED)
    skews = {name: chance.uniform(-600.0, 600.0) for name in {e.principal for e in events}}
    skewed = [
        msgspec.structs.replace(event, time=event.time + skews[event.principal]) for event in events
    ]
    deployment = Deployment.create(cluster.addresses, tmp_path, "skewed")
    with workers(deployment, 1) as running:
        Scene(cluster, deployment, running, skewed).play(lambda: None, lambda: None)


def test_a_checkpoint_topic_is_lost(
    cluster: Cluster, events: list[AccessEvent], tmp_path: Path
) -> None:
    """The worker rebuilds its state from the events that are still in the topic."""
    deployment = Deployment.create(cluster.addresses, tmp_path, "amnesia")
    with workers(deployment, 1):
        feed(deployment, events)
        wait_for("the last checkpoint", deployment.is_done, seconds=60)
    forgetful = Deployment.create(
        cluster.addresses,
        tmp_path,
        "amnesia2",
        topics={key: getattr(deployment.settings().topics, key) for key in ("events", "incidents")},
    )
    with workers(forgetful, 1):
        wait_for("the last checkpoint", forgetful.is_done, seconds=60)
    states = forgetful.incidents()
    assert {key: outcome(found[-1]) for key, found in states.items()} == expected(events)


def test_a_store_on_disk_with_a_standby(
    cluster: Cluster, events: list[AccessEvent], tmp_path: Path
) -> None:
    store = {"interval_seconds": 1.0, "store": "rocksdict", "standby_replicas": 1}
    deployment = Deployment.create(cluster.addresses, tmp_path, "disk", checkpoints=store)
    with workers(deployment, 2) as running:
        scene = Scene(cluster, deployment, running, events)
        scene.play(running[0].kill, lambda: running[0].start() and None)
    assert list(tmp_path.glob("disk-data-1/**/checkpoints-*.db"))
