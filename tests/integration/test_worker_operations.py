"""What operators rely on: dead letters, readiness, a quick stop."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from real_parts import free_port, process, wait_for

from streams.demo.embedded_broker import EmbeddedBroker
from streams.kafka.clients import make_admin, make_consumer, make_producer
from streams.kafka.topics import create_topics
from streams.settings.settings import Settings, load_settings


@pytest.fixture
def settings_path(tmp_path: Path) -> Iterator[Path]:
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        worker = {
            "web_port": free_port(),
            "metrics_port": free_port(),
            "data_directory": str(tmp_path / "data"),
            "rebalance_timeout_seconds": 4.0,
            "session_timeout_seconds": 6.0,
            "heartbeat_interval_seconds": 1.0,
        }
        path = tmp_path / "sellerwatch.yaml"
        path.write_text(yaml.safe_dump({"kafka": {"brokers": [broker.address]}, "worker": worker}))
        admin = make_admin(load_settings(path).kafka)
        create_topics(admin, load_settings(path))
        admin.close()
        yield path


def status(settings: Settings, path: str) -> int:
    url = f"http://127.0.0.1:{settings.worker.web_port}{path}"
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@contextmanager
def worker(path: Path, folder: Path) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-m", "streams", "worker", "--embedded-broker", "--config"]
    with process([*command, str(path)], folder / "worker.log") as started:
        settings = load_settings(path)
        wait_for("readiness", lambda: status(settings, "/readyz") == 200)
        yield started


def test_a_poison_message_becomes_a_dead_letter(settings_path: Path, tmp_path: Path) -> None:
    settings = load_settings(settings_path)
    with worker(settings_path, tmp_path):
        assert status(settings, "/healthz") == 200
        producer = make_producer(settings.kafka, one_record_a_batch=True)
        for value in (b"[1,[]]", b"poison jane@example.com", b"[1,[]]", b'{"a":1}'):
            producer.send("access-events", value=value, partition=2)
        producer.flush()
        consumer = make_consumer(settings.kafka, "access-dead-letters", consumer_timeout_ms=15000)
        letters = [json.loads(next(consumer).value) for _ in range(2)]
        consumer.close()
        producer.close()
    assert [letter["source"] for letter in letters] == ["access-events"] * 2
    assert [letter["position"] for letter in letters] == [
        "partition 2 offset 1",
        "partition 2 offset 3",
    ]
    assert letters[0]["reason"].startswith("not a batch of access events")
    assert "jane" not in json.dumps(letters)


def test_a_stop_is_graceful_and_quick(settings_path: Path, tmp_path: Path) -> None:
    with worker(settings_path, tmp_path) as running:
        began = time.monotonic()
        running.terminate()
        code = running.wait(timeout=20)
        print(f"stopped after {time.monotonic() - began:.2f} s with code {code}")
    assert "Traceback" not in (tmp_path / "worker.log").read_text()
    assert code == 0
