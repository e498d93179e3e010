from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from models.data_class import DataClass
from models.errors import InputError
from models.incident import Exposure, Incident, IncidentKind, IncidentStatus, Severity
from streams.cli import build_cli
from streams.embedded_broker import EmbeddedBroker
from streams.feedback_topic import decode_feedback
from streams.kafka_clients import make_admin, make_consumer, make_producer
from streams.settings import KafkaSettings, Settings
from streams.topics import create_topics

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def incident(name: str, principal: str) -> Incident:
    return Incident(
        incident_id=name,
        status=IncidentStatus.OPEN,
        page=True,
        severity=Severity.HIGH,
        opened_at=NOW,
        paged_at=NOW,
        updated_at=NOW,
        tenant="A1",
        principal=principal,
        credential_ids=(),
        kinds=(IncidentKind.BULK_READ,),
        data_classes=(DataClass.CUSTOMER,),
        p_value=0.001,
        score=1.0,
        exposure=Exposure(calls=1, records=500, distinct_subjects=None, bytes=None, since=NOW),
        reasons=(),
        evidence=(),
        attack=(),
        runbook_url="",
    )


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("verdict")
    with EmbeddedBroker(folder / "broker.log") as broker:
        settings = Settings(kafka=KafkaSettings(brokers=(broker.address,)))
        admin = make_admin(settings)
        create_topics(admin, settings)
        admin.close()
        producer = make_producer(settings, one_record_a_batch=True)
        for number, one in enumerate((incident("i-1", "app-1"), incident("i-2", "app-2"))):
            key, value = one.incident_id.encode(), msgspec.json.encode(one)
            producer.send("access-incidents", key=key, value=value, partition=number).get(10)
        producer.send("access-incidents", key=b"i-3", value=b"no json", partition=0).get(10)
        producer.close()
        yield settings


@pytest.fixture
def config(settings: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "sellerwatch.yaml"
    path.write_text(f"kafka: {{brokers: ['{settings.kafka.brokers[0]}']}}\n")
    return path


def run(config: Path, *arguments: str):
    whole = ["verdict", *arguments, "--config", str(config), "--embedded-broker"]
    return CliRunner().invoke(build_cli(), whole)


def test_a_verdict_is_written_with_who_and_why(settings: Settings, config: Path) -> None:
    note = "asked jane@example.com"
    done = run(config, "i-2", "malicious", "--note", note, "--by", "maria")
    assert done.output == "malicious: incident i-2 of app-2\n"
    consumer = make_consumer(settings, "access-feedback", consumer_timeout_ms=2000)
    found = [decode_feedback(message.value) for message in consumer]
    consumer.close()
    assert [(f.incident_id, f.principal, f.note, f.by) for f in found] == [
        ("i-2", "app-2", "asked [mail]", "maria")
    ]


def test_an_unknown_incident_is_named(config: Path) -> None:
    error = run(config, "nowhere", "benign").exception
    assert isinstance(error, InputError)
    assert str(error).startswith("incident nowhere is not on access-incidents: copy the id")


def test_an_unreadable_incident_is_named(config: Path) -> None:
    error = run(config, "i-3", "benign").exception
    assert isinstance(error, InputError)
    assert "i-3 on access-incidents is not readable" in str(error)


def test_a_verdict_is_one_of_two(config: Path) -> None:
    assert run(config, "i-1", "maybe").exit_code == 2
