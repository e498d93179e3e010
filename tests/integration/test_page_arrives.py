"""A payment processor's key reads the buyer table, and the page arrives."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from real_parts import Webhook, apache_kafka, free_port, has, process, prometheus, wait_for

from models.incident import Incident, IncidentStatus
from streams.embedded_broker import EmbeddedBroker
from streams.kafka_clients import make_consumer
from streams.settings import load_settings

MAIL = "jane.buyer@example.com"


def missing(what: str, cure: str) -> None:
    message = f"{what} is missing: {cure}"
    if os.environ.get("SELLERWATCH_REQUIRE_PARTS"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(params=["embedded", "kafka"])
def broker(request: pytest.FixtureRequest, root: Path, tmp_path: Path) -> Iterator[tuple]:
    if request.param == "embedded":
        with EmbeddedBroker(tmp_path / "broker.log") as embedded:
            yield embedded.address, ["--embedded-broker"]
        return
    jars = root / ".cache" / "kafka"
    if not has("java") or not jars.is_dir():
        missing("Apache Kafka", "install a JDK and Maven, then run 'make kafka'")
    with apache_kafka(jars, tmp_path) as address:
        yield address, []


def write_settings(folder: Path, address: str, metrics_port: int) -> Path:
    (folder / "key").write_text("ab" * 32)
    processor = {"kind": "payment_processor", "allowed_data_classes": ["payment", "financial"]}
    (folder / "principals.yaml").write_text(
        yaml.safe_dump({"principals": {"app-payments": processor}})
    )
    values = {
        "kafka": {"brokers": [address]},
        "sources": {"redaction_key_file": str(folder / "key")},
        "principals_file": str(folder / "principals.yaml"),
        "worker": {
            "web_port": free_port(),
            "metrics_port": metrics_port,
            "data_directory": str(folder / "data"),
            "rebalance_timeout_seconds": 4.0,
            "session_timeout_seconds": 6.0,
            "heartbeat_interval_seconds": 1.0,
        },
    }
    path = folder / "sellerwatch.yaml"
    path.write_text(yaml.safe_dump(values))
    return path


def line(hour: float, number: int, **fields: object) -> str:
    seconds = int(hour * 3600) + number
    clock = f"{seconds % 86400 // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    record = {
        "time": f"2026-01-{1 + seconds // 86400:02}T{clock}Z",
        "request_id": f"r-{hour}-{number}",
        "seller_id": "A1SELLER",
        "application_id": "app-payments",
        "credential_id": "key-1",
        "grant": "secret_key",
        "method": "GET",
        "path": "/finances/v0/financialEvents",
        "status": 200,
        "response_bytes": 900,
        "records": 20,
        "source_ip": "192.0.2.10",
        "user_agent": "payments/1.0",
    }
    return json.dumps(record | fields) + "\n"


def day_with_an_attack() -> str:
    quiet = [line(hour, n) for hour in range(24) for n in range(5)]
    buyers = {"path": "/orders/v0/orders", "records": 100, "query": {"BuyerEmail": MAIL}}
    return "".join(quiet + [line(24, n, **buyers) for n in range(50)] + ["no json\n"])


def sellerwatch(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "streams", *arguments]


def run(*arguments: str) -> str:
    done = subprocess.run(sellerwatch(*arguments), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def read_topic(config: Path, topic: str) -> list[bytes]:
    consumer = make_consumer(load_settings(config), topic, consumer_timeout_ms=3000)
    values = [message.value for message in consumer]
    consumer.close()
    return values


def closes(config: Path) -> bool:
    values = read_topic(config, "access-incidents")
    states = [msgspec.json.decode(value, type=Incident).status for value in values]
    return IncidentStatus.CLOSED in states


def test_the_page_arrives_and_resolves(broker: tuple, root: Path, tmp_path: Path) -> None:
    if not has("prometheus", "prometheus-alertmanager"):
        missing("Prometheus", "apt-get install prometheus prometheus-alertmanager")
    address, flags = broker
    metrics_port = free_port()
    config = write_settings(tmp_path, address, metrics_port)
    log = tmp_path / "day.ndjson"
    log.write_text(day_with_an_attack())
    run("topics", "create", "--config", str(config))
    assert "as they should be" in run("topics", "check", "--config", str(config))
    worker = sellerwatch("worker", "--config", str(config), *flags)
    with (
        process(worker, tmp_path / "worker.log"),
        Webhook() as webhook,
        prometheus(root, tmp_path, metrics_port, webhook),
    ):
        said = run("ingest", str(log), "--config", str(config), *flags)
        assert "170 events" in said
        assert "1 dead letters" in said
        wait_for("the page", lambda: webhook.alerts("firing") != [])
        alert = webhook.alerts("firing")[-1]
        assert alert["labels"]["principal"] == "app-payments"
        assert alert["labels"]["data_class"] == "customer"
        assert alert["labels"]["kind"] == "purpose_violation"
        assert "records of customer data" in alert["annotations"]["description"]
        assert "declared: financial, payment" in alert["annotations"]["description"]
        assert alert["annotations"]["runbook_url"].endswith("/purpose_violation")
        later = tmp_path / "later.ndjson"
        later.write_text("".join(line(48 + hour, 0) for hour in range(6)))
        run("ingest", str(later), "--config", str(config), *flags)
        wait_for("the incident's end", lambda: closes(config))
        wait_for("the resolution", lambda: webhook.alerts("resolved") != [], seconds=150)
        everything = json.dumps(webhook.bodies)
    for topic in ("access-events", "access-incidents", "access-dead-letters"):
        everything += b"".join(read_topic(config, topic)).decode()
    everything += (tmp_path / "worker.log").read_text()
    assert MAIL not in everything
    assert "jane" not in everything
