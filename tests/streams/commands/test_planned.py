from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.errors import InputError
from streams.cli import build_cli
from streams.demo.embedded_broker import EmbeddedBroker
from streams.kafka.audit_topic import decode_audit
from streams.kafka.clients import make_admin, make_consumer
from streams.kafka.feedback_topic import decode_feedback
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

pytestmark = pytest.mark.xdist_group("verdicts")
TOLD = ["erp-prod", "--tenant", "A1", "--records", "200,000", "--change", "4711"]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("planned")
    with EmbeddedBroker(folder / "broker.log") as broker:
        settings = Settings(kafka=KafkaSettings(brokers=(broker.address,)))
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        yield settings


@pytest.fixture
def config(settings: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "sellerwatch.yaml"
    path.write_text(f"kafka: {{brokers: ['{settings.kafka.brokers[0]}']}}\n")
    return path


def run(config: Path, *arguments: str):
    whole = ["planned", *TOLD, *arguments, "--config", str(config), "--embedded-broker"]
    return CliRunner().invoke(build_cli(), whole)


def test_it_is_written_with_who_and_why(settings: Settings, config: Path) -> None:
    done = run(config, "--until", "18:00", "--why", "backfill", "--by", "maria")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("planned change 4711: up to 200,000 records by erp-prod until ")
    consumer = make_consumer(settings.kafka, "access-feedback", consumer_timeout_ms=2000)
    found = [decode_feedback(message.value) for message in consumer]
    consumer.close()
    assert [(c.principal, c.records, c.why, c.by) for c in found] == [
        ("erp-prod", 200_000, "backfill", "maria")
    ]
    consumer = make_consumer(settings.kafka, "access-audit", consumer_timeout_ms=2000)
    noted = [(message.key, decode_audit(message.value)) for message in consumer]
    consumer.close()
    assert [(key, one.person, one.action, one.network) for key, one in noted] == [
        (b"A1", "maria", "planned_change", "command")
    ]


@pytest.mark.parametrize(
    ("until", "text"),
    [
        ("2020-01-01T18:00", "until: 2020-01-01 18:00 UTC is over already"),
        ("2999-01-01T18:00", "it lasts longer than 7 days"),
        ("soon", "until: 'soon' is no time"),
    ],
)
def test_what_is_impossible_is_refused(config: Path, until: str, text: str) -> None:
    error = run(config, "--until", until, "--why", "backfill").exception
    assert isinstance(error, InputError)
    assert text in str(error)


def test_nobody_declares_one_without_a_reason(config: Path) -> None:
    assert run(config, "--until", "18:00").exit_code == 2
