import asyncio
from collections.abc import Callable

from models.incidents.feedback import Verdict, feedback_on
from models.incidents.incident import Incident
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.feedback_topic import encode_feedback
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings
from streams.web.incident_store import IncidentStore
from streams.web.verdict_reader import VerdictReader


def test_verdicts_are_taken_and_anything_else_is_passed_over(
    broker_address: str, make_incident: Callable[..., Incident]
) -> None:
    settings = Settings(kafka=KafkaSettings(brokers=(broker_address,)))
    admin = make_admin(settings.kafka)
    create_topics(admin, settings)
    admin.close()
    incident = make_incident()
    verdict = feedback_on(
        incident, Verdict.BENIGN, note="", decided_at=incident.updated_at, by="maria"
    )
    values = [b"\xff", b"{}", b"[1]", b"null", b"", None]
    values.insert(3, encode_feedback(verdict, 4).value)
    producer = make_producer(settings.kafka, one_record_a_batch=True)
    for value in values:
        producer.send(settings.topics.feedback, key=b"i-1", value=value, partition=1).get(10)
    producer.close()
    store, failures = IncidentStore(kept=10), []
    store.take_incident(incident)
    reader = VerdictReader(
        settings.kafka,
        settings.topics.feedback,
        settings.worker,
        store,
        refuse=lambda: failures.append(2),
        count_failure=lambda: failures.append(1),
    )

    async def read() -> None:
        await reader.start()
        for _ in range(400):
            if reader.is_ready:
                break
            await asyncio.sleep(0.05)
        assert reader.is_ready
        await reader.stop()

    asyncio.run(read())
    assert store.verdict("i-1") == verdict
    assert failures == []
