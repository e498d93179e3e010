"""Tests of recalling what was sent, on the embedded broker."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.sighting import Sighting
from streams.demo.embedded_broker import EmbeddedBroker
from streams.ingest.packer import Packer
from streams.ingest.sent_events import recall_sent
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings
from streams.sources.flow.event_memory import EventMemory

EVENT = AccessEvent(
    event_id="0", time=1.0, tenant="A1", principal="p", principal_kind=PrincipalKind.ROLE,
    service="s3", operation="GetObject", outcome=Outcome.SUCCESS,
)  # fmt: skip


def numbered(number: int) -> AccessEvent:
    return msgspec.structs.replace(EVENT, event_id=str(number), principal=f"p{number % 9}")


def test_what_is_in_the_topic_is_not_new(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        settings = Settings(kafka=KafkaSettings(brokers=(broker.address,)))
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        assert recall_sent(settings, EventMemory()) == 0
        producer = make_producer(settings.kafka, one_record_a_batch=True)
        packer = Packer(producer, settings.topics, settings.packer)
        for number in range(700):
            packer.add(numbered(number))
        packer.flush()
        producer.close()
        memory = EventMemory()
        assert recall_sent(settings, memory) == 700
    assert all(memory.sight(numbered(n)) is Sighting.DUPLICATE for n in range(700))
    assert memory.sight(numbered(700)) is Sighting.NEW


def test_a_cluster_that_is_away_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("ab" * 32)
    (tmp_path / "a.log").touch()
    environment = os.environ | {
        "SELLERWATCH_KAFKA__BROKERS": '["127.0.0.1:1"]',
        "SELLERWATCH_KAFKA__REQUEST_TIMEOUT_SECONDS": "1",
        "SELLERWATCH_SOURCES__REDACTION_KEY_FILE": str(tmp_path / "key"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "streams", "ingest", str(tmp_path / "a.log")],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("sellerwatch: Kafka at 127.0.0.1:1: ")
    assert done.stderr.count("\n") == 1
