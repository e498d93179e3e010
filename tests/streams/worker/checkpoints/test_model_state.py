import json
import time
from collections.abc import Iterator

import pytest

from models.domain.partitioner import partition_of
from models.state.detector_memory import DetectorMemory
from streams.demo.embedded_broker import EmbeddedBroker
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.topics import checkpoint_topic, create_topics
from streams.settings.sections import CheckpointSettings, KafkaSettings
from streams.settings.settings import Settings
from streams.worker.checkpoints.checkpoint_log import CheckpointLog
from streams.worker.checkpoints.model_state import ModelState
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.checkpoints.seal import Seal

KEY = "ab" * 32


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with EmbeddedBroker(tmp_path_factory.mktemp("state") / "broker.log") as broker:
        settings = Settings(
            kafka=KafkaSettings(brokers=(broker.address,)),
            checkpoints=CheckpointSettings(key=KEY),
        )
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        partition = partition_of("A1", "app-1", settings.topics.partitions)
        memory = DetectorMemory(50.0, 2.0)
        memory.add(("A1", "app-1"), "getOrders", 1_000.0)
        memory.mark(("A1", "app-1"))
        log = CheckpointLog(partition, settings.checkpoints.groups, 7)
        records = log.append(PartitionState(42, memory.take_changes(), b""))
        seal, topic = Seal.from_settings(settings), checkpoint_topic(settings)
        producer = make_producer(settings.kafka, one_record_a_batch=True)
        for key, value in records:
            sealed = seal.wrap(key, value)
            producer.send(topic, key=key, value=sealed, partition=partition).get(10)
        producer.close()
        yield settings


def test_a_principals_state_is_read_by_name(settings: Settings) -> None:
    found = ModelState(settings).read("A1", "app-1", time.monotonic() + 30)
    assert found is not None
    told = json.loads(found)
    assert told["events_before_offset"] == 42
    assert told["state"]["facts"]["cohort"] == "getOrders"
    assert told["state"]["facts"]["first_seen"] == 1000.0
    assert told["refused"] is None
    assert len(told["snapshot"]) > 100


def test_nobodys_state_and_one_that_takes_too_long_are_none(settings: Settings) -> None:
    state = ModelState(settings)
    assert state.read("A1", "app-2", time.monotonic() + 30) is None
    assert state.read("A1", "app-1", time.monotonic() - 1) is None


def test_what_nobody_signed_is_no_evidence(settings: Settings) -> None:
    other = settings.model_copy(update={"checkpoints": CheckpointSettings(key="cd" * 32)})
    assert ModelState(other).read("A1", "app-1", time.monotonic() + 30) is None
