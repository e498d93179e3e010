"""How far back a start reads, on Apache Kafka, which finds offsets by timestamp."""

import asyncio
import time
from collections.abc import Callable

import msgspec
import pytest
from confluent_kafka import Producer
from kafka.admin import NewTopic
from shared_kafka import own_topics

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.event_batch import encode_batch
from models.domain.sighting import Sighting
from models.incidents.feedback import Verdict, feedback_on
from models.incidents.incident import Incident
from streams.ingest.sent_events import recall_sent
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.feedback_topic import encode_feedback
from streams.kafka.topic_reader import TopicReader
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings, TopicSettings, WorkerSettings
from streams.settings.settings import Settings
from streams.sources.flow.event_memory import EventMemory
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
    admin = make_admin(settings.kafka)
    create_topics(admin, settings)
    admin.close()
    return settings


def test_a_start_reads_the_last_days_only_and_what_follows(
    settings: Settings, make_incident: Callable[..., Incident]
) -> None:
    now = time.time()
    producer = make_producer(settings.kafka)

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
    # The fourth partition has no recent message at first, and gets one later.
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
        reader = IncidentReader(
            settings.kafka,
            settings.topics.incidents,
            settings.worker,
            take=lambda incident: seen.append(incident.incident_id),
            skip=lambda: None,
            count_failure=lambda: None,
        )
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
    producer = make_producer(settings.kafka)
    for name, days_ago in (("i-old", 60), ("i-new", 2)):
        store.take_incident(make_incident(incident_id=name))
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
        reader = VerdictReader(
            settings.kafka,
            settings.topics.feedback,
            settings.worker,
            store,
            refuse=lambda: None,
            count_failure=lambda: None,
        )
        await reader.start()
        await until(lambda: store.verdict("i-new") is not None)
        await reader.stop()

    asyncio.run(read())
    assert store.verdict("i-old") is None


def test_of_what_was_sent_each_partition_recalls_the_span_before_its_last_message(
    settings: Settings,
) -> None:
    # A topic of an earlier release, on which the stamps are the producer's.
    stamped = settings.topics.model_copy(update={"events": f"{settings.topics.events}-stamped"})
    settings = settings.model_copy(update={"topics": stamped})
    admin = make_admin(settings.kafka)
    admin.create_topics([NewTopic(stamped.events, stamped.partitions, 1)])
    admin.close()
    producer = make_producer(settings.kafka)
    began = time.time() - DAY_SECONDS
    # Partition 1 fell silent long before partition 2.
    for number, (partition, seconds) in enumerate(
        [(1, 0), (1, 1_000), (1, 2_500), (2, 50_000), (2, 50_900), (2, 51_500)]
    ):
        producer.send(
            settings.topics.events,
            value=encode_batch([numbered(number)]),
            partition=partition,
            timestamp_ms=int((began + seconds) * 1000),
        )
        producer.flush()
    producer.close()
    memory = EventMemory()
    assert recall_sent(settings, memory, span_seconds=1_600) == 5
    seen = [memory.sight(numbered(number)) for number in range(6)]
    assert seen == [Sighting.NEW, *[Sighting.DUPLICATE] * 5]


def test_the_mark_that_a_transaction_leaves_at_the_end_is_no_message_that_is_missing(
    settings: Settings,
) -> None:
    brokers = settings.kafka.brokers[0]
    writer = Producer({"bootstrap.servers": brokers, "transactional.id": "another"})
    writer.init_transactions(30)
    for _ in range(2):
        writer.begin_transaction()
        writer.produce(settings.topics.findings, b"in a transaction", key=b"one", partition=0)
        writer.commit_transaction(30)
    with TopicReader(settings.kafka, settings.topics.findings) as reader:
        # Each message is followed by its mark.
        assert reader.bounds()[0] == (0, 4)
        reader.from_beginning()
        assert [message.offset for message in reader.until_end()] == [0, 2]


def numbered(number: int) -> AccessEvent:
    return AccessEvent(
        event_id=str(number),
        time=1.0,
        tenant="A1",
        principal="app-1",
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
    )


async def until(ready: Callable[[], bool]) -> None:
    for _ in range(400):
        if ready():
            return
        await asyncio.sleep(0.05)
    message = "nothing came"
    raise AssertionError(message)
