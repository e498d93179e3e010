import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.event_batch import encode_batch
from models.errors import InputError
from models.incidents.incident import Incident
from streams.cli import build_cli
from streams.demo.embedded_broker import EmbeddedBroker
from streams.kafka.clients import make_admin, make_consumer, make_producer
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

WEEK = ["--from", "2026-01-01", "--to", "2026-01-07"]
LINE = {
    "time": "2026-01-03T00:00:00Z", "request_id": "r-1", "seller_id": "A1",
    "application_id": "app-1", "method": "GET", "path": "/orders/v0/orders", "status": 200,
    "response_bytes": 900, "records": 40, "source_ip": "192.0.2.10",
}  # fmt: skip


@pytest.fixture(scope="module")
def kafka(
    tmp_path_factory: pytest.TempPathFactory, make_incident: Callable[..., Incident]
) -> Iterator[KafkaSettings]:
    with EmbeddedBroker(tmp_path_factory.mktemp("report") / "broker.log") as broker:
        settings = Settings(kafka=KafkaSettings(brokers=(broker.address,)))
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        event = AccessEvent(
            event_id="e-1", time=datetime(2026, 1, 3, tzinfo=UTC).timestamp(), tenant="A1",
            principal="app-1", principal_kind=PrincipalKind.APPLICATION, service="orders",
            operation="getOrders", outcome=Outcome.SUCCESS, records=40,
            data_classes=(DataClass.CUSTOMER,),
        )  # fmt: skip
        producer = make_producer(settings.kafka, one_record_a_batch=True)
        producer.send("access-events", value=encode_batch([event]), partition=0).get(10)
        value = msgspec.json.encode(make_incident())
        producer.send("access-incidents", key=b"i-1", value=value, partition=0).get(10)
        producer.close()
        yield settings.kafka


def run(*arguments: str | Path):
    return CliRunner().invoke(build_cli(), ["report", *map(str, arguments)])


def test_files_make_a_report_without_a_broker(tmp_path: Path) -> None:
    log, out = tmp_path / "log.ndjson", tmp_path / "exposure.pdf"
    log.write_text(json.dumps(LINE) + "\nno json\n")
    done = run(log, *WEEK, "--out", out)
    assert done.exit_code == 0, done.output
    assert "1 principal read 40 records of sensitive data; nobody knows" in done.stdout
    assert "incomplete: 1 records of the files could not be read" in done.stderr
    assert out.read_bytes().startswith(b"%PDF-")


def test_kafka_makes_one_too_and_it_is_on_record(kafka: KafkaSettings, tmp_path: Path) -> None:
    config, out = tmp_path / "sellerwatch.yaml", tmp_path / "exposure.pdf"
    config.write_text(f"kafka: {{brokers: ['{kafka.brokers[0]}']}}\n")
    done = run(
        *WEEK, "--out", out, "--by", "maria", "--config", config, "--embedded-broker",
        "--tenant", "A1",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "40 records of sensitive data; somebody was paged once." in done.stdout
    consumer = make_consumer(kafka, "access-audit", consumer_timeout_ms=2000)
    records = [json.loads(message.value) for message in consumer]
    consumer.close()
    assert [(one["person"], one["action"]) for one in records] == [("maria", "report")]


def test_a_wrong_day_and_an_unwritable_file_are_told(tmp_path: Path) -> None:
    log = tmp_path / "log.ndjson"
    log.write_text(json.dumps(LINE) + "\n")
    wrong = run(log, "--from", "soon", "--to", "2026-01-07", "--out", tmp_path / "x.pdf")
    assert isinstance(wrong.exception, InputError)
    failed = run(log, *WEEK, "--out", tmp_path / "no" / "x.pdf")
    assert "name a file that can be written" in str(failed.exception)
