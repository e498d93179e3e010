import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from models.incidents.incident import Incident, IncidentStatus
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings
from streams.worker.incident_reader import IncidentReader


@pytest.fixture
def settings(broker_address: str, tmp_path: Path) -> Settings:
    settings = Settings(kafka=KafkaSettings(brokers=(broker_address,)))
    admin = make_admin(settings)
    create_topics(admin, settings)
    admin.close()
    return settings


def send(settings: Settings, *incidents: Incident | bytes) -> None:
    producer = make_producer(settings, one_record_a_batch=True)
    for incident in incidents:
        value = incident if isinstance(incident, bytes) else msgspec.json.encode(incident)
        producer.send(settings.topics.incidents, key=b"any", value=value)
    producer.flush()
    producer.close()


async def until(ready: Callable[[], bool]) -> None:
    for _ in range(300):
        if ready():
            return
        await asyncio.sleep(0.05)
    message = "nothing came"
    raise AssertionError(message)


def test_history_comes_in_its_last_state_and_what_follows_as_it_comes(
    settings: Settings, make_incident: Callable[..., Incident]
) -> None:
    opened = make_incident(incident_id="i-1")
    closed = msgspec.structs.replace(opened, status=IncidentStatus.CLOSED)
    still_open = make_incident(incident_id="i-2")
    send(settings, opened, b"no incident", closed, still_open)
    taken: list[tuple[str, str]] = []
    skipped: list[None] = []

    async def read() -> None:
        reader = IncidentReader(
            settings,
            lambda incident: taken.append((incident.incident_id, incident.status)),
            lambda: skipped.append(None),
        )
        await reader.start()
        await until(lambda: len(taken) == 2)
        await asyncio.to_thread(send, settings, make_incident(incident_id="i-3"))
        await until(lambda: len(taken) == 3)
        await reader.stop()

    asyncio.run(read())
    assert sorted(taken[:2]) == [("i-1", "closed"), ("i-2", "open")]
    assert taken[2] == ("i-3", "open")
    assert len(skipped) == 1
