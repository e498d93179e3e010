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
    admin = make_admin(settings.kafka)
    create_topics(admin, settings)
    admin.close()
    return settings


def send(settings: Settings, *incidents: Incident | bytes) -> None:
    producer = make_producer(settings.kafka, one_record_a_batch=True)
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


class Reading:
    """A reader, and what it handed on."""

    def __init__(self, settings: Settings) -> None:
        self.taken: list[tuple[str, str]] = []
        self.skipped = self.failures = 0
        self.poison: set[str] = set()
        self.reader = IncidentReader(
            settings.kafka,
            settings.topics.incidents,
            settings.worker,
            take=self.take,
            skip=self.skip,
            count_failure=self.fail,
            pause_seconds=0.2,
        )

    def take(self, incident: Incident) -> None:
        if incident.incident_id in self.poison:
            raise KeyError(incident.incident_id)
        self.taken.append((incident.incident_id, incident.status))

    def skip(self) -> None:
        self.skipped += 1

    def fail(self) -> None:
        self.failures += 1


def test_history_comes_in_its_last_state_and_what_follows_as_it_comes(
    settings: Settings, make_incident: Callable[..., Incident]
) -> None:
    opened = make_incident(incident_id="i-1")
    closed = msgspec.structs.replace(opened, status=IncidentStatus.CLOSED)
    still_open = make_incident(incident_id="i-2")
    send(settings, opened, b"no incident", closed, still_open)
    reading = Reading(settings)

    async def read() -> None:
        await reading.reader.start()
        await until(lambda: len(reading.taken) == 2)
        await until(lambda: reading.reader.is_ready)
        await asyncio.to_thread(send, settings, make_incident(incident_id="i-3"))
        await until(lambda: len(reading.taken) == 3)
        await reading.reader.stop()

    asyncio.run(read())
    assert sorted(reading.taken[:2]) == [("i-1", "closed"), ("i-2", "open")]
    assert reading.taken[2] == ("i-3", "open")
    assert (reading.skipped, reading.failures) == (1, 0)


def test_a_failure_is_counted_and_told_and_reading_begins_again(
    settings: Settings, make_incident: Callable[..., Incident]
) -> None:
    opened = make_incident(incident_id="i-1")
    closed = msgspec.structs.replace(opened, status=IncidentStatus.CLOSED)
    send(settings, opened, closed, make_incident(incident_id="i-2"))
    reading = Reading(settings)
    reading.poison.add("i-2")

    async def read() -> None:
        await reading.reader.start()
        await until(lambda: reading.failures >= 2)
        assert not reading.reader.is_ready
        reading.poison.clear()
        await until(lambda: reading.reader.is_ready)
        await reading.reader.stop()

    asyncio.run(read())
    assert ("i-2", "open") in reading.taken
    # Also what is read again is never open for a moment when it is closed by now.
    assert ("i-1", "open") not in reading.taken
