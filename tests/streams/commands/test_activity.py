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
    folder = tmp_path_factory.mktemp("activity")
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
    whole = ["activity", *arguments, "--config", str(config), "--embedded-broker"]
    return CliRunner().invoke(build_cli(), whole)


def test_an_entry_is_written_with_who_and_what(settings: Settings, config: Path) -> None:
    assert run(config, "i-2", "taken", "--by", "maria").output == (
        "taken: incident i-2 of app-2, by maria\n"
    )
    done = run(config, "i-2", "done", "--note", "key revoked", "--by", "maria")
    assert done.exit_code == 0
    consumer = make_consumer(settings.kafka, "access-feedback", consumer_timeout_ms=2000)
    found = [decode_feedback(message.value) for message in consumer]
    consumer.close()
    assert [(one.incident_id, one.kind, one.note, one.by) for one in found] == [
        ("i-2", "taken", "", "maria"),
        ("i-2", "done", "key revoked", "maria"),
    ]
    consumer = make_consumer(settings.kafka, "access-audit", consumer_timeout_ms=2000)
    noted = [decode_audit(message.value) for message in consumer]
    consumer.close()
    assert [(one.person, one.action, one.incident_id) for one in noted] == [
        ("maria", "activity", "i-2")
    ] * 2


def test_what_says_nothing_is_refused(config: Path) -> None:
    error = run(config, "i-1", "said").exception
    assert isinstance(error, InputError)
    assert str(error) == "not an activity: say in a note what was said: add --note"
