import asyncio
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from web_site import form_token

from models.domain.partitioner import partition_of
from models.incidents.feedback import Verdict
from streams.kafka.clients import make_admin, make_consumer
from streams.kafka.feedback_topic import decode_feedback
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings, WorkerSettings
from streams.settings.settings import Settings
from streams.web.form_guard import FORM_FIELD
from streams.web.incident_store import IncidentStore
from streams.web.worker_pages import add_incident_pages
from streams.worker.faust_app import make_app


@pytest.fixture
def settings(broker_address: str, tmp_path: Path) -> Settings:
    settings = Settings(
        kafka=KafkaSettings(brokers=(broker_address,)),
        worker=WorkerSettings(data_directory=tmp_path),
    )
    admin = make_admin(settings.kafka)
    create_topics(admin, settings)
    admin.close()
    return settings


def test_a_verdict_of_the_page_is_on_the_topic_when_the_page_answers(
    settings: Settings, make_incident
) -> None:
    incident = make_incident()
    store = IncidentStore(10)
    store.take_incident(incident)

    async def decide() -> None:
        app = make_app(settings, one_record_a_batch=True)
        pages = add_incident_pages(
            app, settings, store, lambda: None, {}, count_audit_failure=pytest.fail
        )
        async with TestClient(TestServer(pages)) as client:
            token = await form_token(await client.get("/incidents/i-1"))
            data = {FORM_FIELD: token, "verdict": "malicious", "note": "key revoked"}
            assert (await client.post("/incidents/i-1/verdict", data=data)).status == 200
        await app.producer.stop()

    asyncio.run(decide())
    consumer = make_consumer(settings.kafka, settings.topics.feedback, consumer_timeout_ms=5000)
    message = next(iter(consumer))
    consumer.close()
    verdict = decode_feedback(message.value)
    assert (verdict.incident_id, verdict.verdict) == ("i-1", Verdict.MALICIOUS)
    # The detector that opened the incident reads this partition.
    own = partition_of(incident.tenant, incident.principal, settings.topics.partitions)
    assert message.partition == own
    assert message.key == b"i-1"
