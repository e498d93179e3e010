from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from models.errors import InputError
from models.incidents.incident import Incident
from streams.cli import build_cli
from streams.demo.embedded_broker import EmbeddedBroker
from streams.kafka.audit_topic import decode_audit
from streams.kafka.clients import make_admin, make_consumer, make_producer
from streams.kafka.feedback_topic import decode_feedback
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

pytestmark = pytest.mark.xdist_group("verdicts")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def settings(
    tmp_path_factory: pytest.TempPathFactory, make_incident: Callable[..., Incident]
) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("verdict")
    with EmbeddedBroker(folder / "broker.log") as broker:
        settings = Settings(kafka=KafkaSettings(brokers=(broker.address,)))
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        producer = make_producer(settings.kafka, one_record_a_batch=True)
        for number, name in enumerate(("1", "2")):
            one = make_incident(incident_id=f"i-{name}", principal=f"app-{name}")
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
    assert done.output == "malicious: incident i-2 of app-2, judged at 3400 records\n"
    consumer = make_consumer(settings.kafka, "access-feedback", consumer_timeout_ms=2000)
    found = [decode_feedback(message.value) for message in consumer]
    consumer.close()
    assert [(f.incident_id, f.principal, f.note, f.by) for f in found] == [
        ("i-2", "app-2", "asked [mail]", "maria")
    ]
    consumer = make_consumer(settings.kafka, "access-audit", consumer_timeout_ms=2000)
    noted = [decode_audit(message.value) for message in consumer]
    consumer.close()
    assert [(one.person, one.action, one.incident_id) for one in noted] == [
        ("maria", "verdict", "i-2")
    ]


def test_an_unknown_incident_is_named(config: Path) -> None:
    error = run(config, "nowhere", "benign").exception
    assert isinstance(error, InputError)
    assert str(error).startswith("incident nowhere is not on access-incidents: copy the id")


def test_an_unreadable_incident_is_named(config: Path) -> None:
    error = run(config, "i-3", "benign").exception
    assert isinstance(error, InputError)
    assert "i-3 on access-incidents cannot be read" in str(error)


def test_a_verdict_is_one_of_two(config: Path) -> None:
    assert run(config, "i-1", "maybe").exit_code == 2
