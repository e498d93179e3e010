"""A payment processor's key reads the buyer table, and the page arrives."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import msgspec
import yaml
from alerting import Receivers, alerting_servers
from real_parts import free_port, has, missing, process, wait_for
from shared_kafka import own_topics

from models.incidents.incident import Incident, IncidentStatus
from streams.demo.embedded_broker import EmbeddedBroker
from streams.kafka.clients import make_consumer
from streams.settings.settings import load_settings

MAIL = "jane.buyer@example.com"


def write_settings(
    folder: Path, address: str, metrics_port: int, topics: dict[str, str] | None = None
) -> Path:
    (folder / "key").write_text("ab" * 32)
    processor = {"kind": "payment_processor", "allowed_data_classes": ["payment", "financial"]}
    (folder / "principals.yaml").write_text(
        yaml.safe_dump({"principals": {"app-payments": processor}})
    )
    values: dict[str, Any] = {
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
    if topics is not None:
        values["topics"] = topics
        values["worker"]["group"] = topics["events"]
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
    consumer = make_consumer(load_settings(config).kafka, topic, consumer_timeout_ms=3000)
    values = [message.value for message in consumer]
    consumer.close()
    return values


def incidents(config: Path) -> list[Incident]:
    values = read_topic(config, load_settings(config).topics.incidents)
    return [msgspec.json.decode(value, type=Incident) for value in values]


def closes(config: Path) -> bool:
    return IncidentStatus.CLOSED in {incident.status for incident in incidents(config)}


def ingest(config: Path, log: Path, lines: str, *flags: str) -> str:
    log.write_text(lines)
    return run("ingest", str(log), "--config", str(config), *flags)


def let_a_day_pass(config: Path, folder: Path, *flags: str) -> None:
    lines = "".join(line(48 + hour, 0) for hour in range(6))
    ingest(config, folder / "later.ndjson", lines, *flags)
    wait_for("the incident's end", lambda: closes(config))


def assert_nobody_is_named(config: Path, folder: Path, said: str) -> None:
    topics = load_settings(config).topics
    names = (topics.events, topics.incidents, topics.dead_letters)
    kept = b"".join(value for name in names for value in read_topic(config, name)).decode()
    everything = said + kept + (folder / "worker.log").read_text()
    assert MAIL not in everything
    assert "jane" not in everything


@contextmanager
def running(config: Path, folder: Path, *flags: str) -> Iterator[None]:
    run("topics", "create", "--config", str(config))
    assert "match the settings" in run("topics", "check", "--config", str(config))
    with process(sellerwatch("worker", "--config", str(config), *flags), folder / "worker.log"):
        yield


def test_the_incident_comes_through_the_embedded_broker(tmp_path: Path) -> None:
    flag = "--embedded-broker"
    metrics_port = free_port()
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        config = write_settings(tmp_path, broker.address, metrics_port)
        with running(config, tmp_path, flag):
            said = ingest(config, tmp_path / "day.ndjson", day_with_an_attack(), flag)
            assert "170 events" in said
            assert "1 dead letters" in said
            wait_for("the incident", lambda: any(i.page for i in incidents(config)))
            paged = next(i for i in incidents(config) if i.page)
            assert (paged.principal, paged.kinds[0]) == ("app-payments", "purpose_violation")
            assert "declared: financial, payment" in paged.reasons[0].text
            let_a_day_pass(config, tmp_path, flag)
            with urlopen(f"http://127.0.0.1:{metrics_port}/metrics", timeout=5) as answer:
                metrics = answer.read().decode()
            assert "sellerwatch_dead_letters_total 1.0" in metrics
        assert_nobody_is_named(config, tmp_path, metrics)


def test_the_page_arrives_and_resolves(kafka: str, root: Path, tmp_path: Path) -> None:
    if not has("prometheus", "prometheus-alertmanager"):
        missing("Prometheus", "apt-get install prometheus prometheus-alertmanager")
    metrics_port = free_port()
    with (
        Receivers() as receivers,
        alerting_servers(root, tmp_path, [metrics_port], receivers),
    ):
        config = write_settings(tmp_path, kafka, metrics_port, own_topics())
        with running(config, tmp_path):
            ingest(config, tmp_path / "day.ndjson", day_with_an_attack())
            wait_for("the page", lambda: receivers.alerts("firing") != [])
            alert = receivers.alerts("firing")[-1]
            assert alert["labels"]["principal"] == "app-payments"
            assert alert["annotations"]["data_classes"].startswith("customer")
            assert alert["labels"]["kind"] == "purpose_violation"
            assert "of customer" in alert["annotations"]["description"]
            assert "declared: financial, payment" in alert["annotations"]["description"]
            assert alert["annotations"]["runbook_url"].endswith("/purpose_violation")
            let_a_day_pass(config, tmp_path)
            wait_for("the resolution", lambda: receivers.alerts("resolved") != [], seconds=150)
        assert_nobody_is_named(config, tmp_path, json.dumps(receivers.posts))
