"""How far back a start reads: on Apache Kafka, which finds a place by its time stamp."""

import asyncio
import time
from collections.abc import Callable

import msgspec
import pytest
from shared_kafka import own_topics

from models.incidents.feedback import Verdict, feedback_on
from models.incidents.incident import Incident
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.feedback_topic import encode_feedback
from streams.kafka.topics import create_topics
from streams.settings.settings import KafkaSettings, Settings, TopicSettings, WorkerSettings
from streams.web.incident_store import IncidentStore
from streams.web.verdict_reader import VerdictReader
from streams.worker.incident_reader import IncidentReader

pytestmark = pytest.mark.xdist_group("incident history")
DAY_SECONDS = 86_400
HISTORY_DAYS = 30


@pytest.fixture(scope="module")
def settings(kafka: str) -> Settings:
    topics = own_topics()
    settings = Settings(
        kafka=KafkaSettings(brokers=(kafka,)),
        topics=TopicSettings(**topics),
        worker=WorkerSettings(incident_history_days=HISTORY_DAYS, group=topics["events"]),
    )
    admin = make_admin(settings)
    create_topics(admin, settings)
    admin.close()
    return settings


def test_a_start_reads_the_last_days_only_and_what_follows(
    settings: Settings, make_incident: Callable[..., Incident]
) -> None:
    now = time.time()
    producer = make_producer(settings)

    def send(number: int, days_ago: float) -> None:
        incident = make_incident(incident_id=f"i-{number}")
        producer.send(
            settings.topics.incidents,
            key=incident.incident_id.encode(),
            value=msgspec.json.encode(incident),
            partition=number % 3,
            timestamp_ms=int((now - days_ago * DAY_SECONDS) * 1000),
        )
        producer.flush()

    for number in range(600):
        send(number, 365 - number / 2)
    # The fourth partition holds nothing that is new enough, and gets something later.
    producer.send(
        settings.topics.incidents,
        key=b"i-old",
        value=msgspec.json.encode(make_incident(incident_id="i-old")),
        partition=3,
        timestamp_ms=int((now - 300 * DAY_SECONDS) * 1000),
    )
    for number in range(1000, 1010):
        send(number, 5)
    seen: list[str] = []

    async def read() -> None:
        reader = IncidentReader(settings, lambda i: seen.append(i.incident_id), lambda: None)
        await reader.start()
        await until(lambda: len(seen) >= 10)
        producer.send(
            settings.topics.incidents,
            key=b"i-next",
            value=msgspec.json.encode(make_incident(incident_id="i-next")),
            partition=3,
        )
        producer.flush()
        await until(lambda: "i-next" in seen)
        await reader.stop()

    asyncio.run(read())
    producer.close()
    assert sorted(seen) == sorted([*(f"i-{n}" for n in range(1000, 1010)), "i-next"])


def test_verdicts_are_read_as_far_back_as_incidents(
    settings: Settings, make_incident: Callable[..., Incident]
) -> None:
    now = time.time()
    store = IncidentStore(kept=100)
    producer = make_producer(settings)
    for name, days_ago in (("i-old", 60), ("i-new", 2)):
        verdict = feedback_on(
            make_incident(incident_id=name),
            Verdict.BENIGN,
            note="",
            decided_at=make_incident().opened_at,
            by="alice",
        )
        message = encode_feedback(verdict, settings.topics.partitions)
        producer.send(
            settings.topics.feedback,
            key=message.key,
            value=message.value,
            partition=message.partition,
            timestamp_ms=int((now - days_ago * DAY_SECONDS) * 1000),
        )
    producer.flush()
    producer.close()

    async def read() -> None:
        reader = VerdictReader(settings, store)
        await reader.start()
        await until(lambda: store.verdict("i-new") is not None)
        await reader.stop()

    asyncio.run(read())
    assert store.verdict("i-old") is None


async def until(ready: Callable[[], bool]) -> None:
    for _ in range(400):
        if ready():
            return
        await asyncio.sleep(0.05)
    message = "nothing came"
    raise AssertionError(message)
