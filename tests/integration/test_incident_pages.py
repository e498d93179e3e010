"""An analyst opens an incident in a real browser and gives a verdict, which reaches Kafka."""

import asyncio
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from chromium import DESKTOP, PHONE, Chromium, chromium_program
from prometheus_client.parser import text_string_to_metric_families
from real_parts import free_port, has, process, wait_for
from sample_account import PROCESSOR, night_events
from shared_kafka import own_topics

from models.domain.partitioner import partition_of
from models.incidents.feedback import Feedback, Verdict
from streams.demo.embedded_broker import EmbeddedBroker
from streams.ingest.packer import Packer
from streams.kafka.clients import make_admin, make_consumer, make_producer
from streams.kafka.feedback_topic import decode_feedback
from streams.kafka.topics import create_topics
from streams.settings.settings import load_settings

NOTE = "Ask jane.buyer@example.com"


@pytest.fixture
def broker(
    request: pytest.FixtureRequest, root: Path, tmp_path: Path
) -> Iterator[tuple[str, list[str]]]:
    if has("java") and (root / ".cache" / "kafka").is_dir():
        yield request.getfixturevalue("kafka"), []
    else:
        with EmbeddedBroker(tmp_path / "broker.log") as embedded:
            yield embedded.address, ["--embedded-broker"]


def write_settings(folder: Path, address: str) -> Path:
    processor = {"kind": "payment_processor", "allowed_data_classes": ["payment", "financial"]}
    (folder / "principals.yaml").write_text(yaml.safe_dump({"principals": {PROCESSOR: processor}}))
    topics = own_topics()
    values = {
        "kafka": {"brokers": [address]},
        "topics": topics,
        "principals_file": str(folder / "principals.yaml"),
        "worker": {
            "group": topics["events"],
            "web_port": free_port(),
            "metrics_port": free_port(),
            "data_directory": str(folder / "data"),
            "rebalance_timeout_seconds": 4.0,
            "session_timeout_seconds": 6.0,
            "heartbeat_interval_seconds": 1.0,
        },
    }
    path = folder / "sellerwatch.yaml"
    path.write_text(yaml.safe_dump(values))
    return path


def get_json(url: str) -> dict:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return {}


def worst(address: str) -> dict:
    found = get_json(f"{address}/api/incidents?principal={PROCESSOR}&page=1")
    return found["incidents"][0]["incident"] if found.get("incidents") else {}


def verdicts(config: Path) -> list[tuple[int, Feedback]]:
    settings = load_settings(config)
    consumer = make_consumer(settings.kafka, settings.topics.feedback, consumer_timeout_ms=3000)
    values = [(message.partition, decode_feedback(message.value)) for message in consumer]
    consumer.close()
    return values


def counted(url: str, verdict: str) -> float:
    with urllib.request.urlopen(url, timeout=5) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == "sellerwatch_verdicts_total" and sample.labels["verdict"] == verdict
    )


async def decide_in_the_browser(address: str, incident: str, folder: Path) -> str:
    async with Chromium(folder) as browser:
        for size in (DESKTOP, PHONE):
            await browser.show(size, dark=False)
            await browser.open(f"{address}/incidents")
            await browser.open(f"{address}/incidents/{incident}")
            wide = await browser.evaluate("document.documentElement.scrollWidth")
            assert wide <= size[0], "the page scrolls sideways"
        assert "outside its declared purpose" in await browser.evaluate("document.body.innerText")
        await browser.evaluate(f"document.querySelector('#note').value = {NOTE!r}")
        await browser.click("button[value=malicious]")
        text: str = await browser.evaluate("document.querySelector('#verdict').innerText")
        assert browser.complaints == []
        foreign = [url for url in browser.requests if not url.startswith(address)]
        assert foreign == []
        assert any(url.endswith("/static/sellerwatch.css") for url in browser.requests)
        return text


def test_a_click_in_a_browser_reaches_the_feedback_topic(broker: tuple, tmp_path: Path) -> None:
    if chromium_program() is None:
        message = "Chromium is missing: apt-get install chromium"
        if os.environ.get("SELLERWATCH_REQUIRE_PARTS"):
            pytest.fail(message)
        pytest.skip(message)
    address, flags = broker
    config = write_settings(tmp_path, address)
    settings = load_settings(config)
    admin = make_admin(settings.kafka)
    create_topics(admin, settings)
    admin.close()
    producer = make_producer(settings.kafka, one_record_a_batch=bool(flags))
    packer = Packer(producer, settings.topics, settings.packer)
    for event in night_events():
        packer.add(event)
    packer.flush()
    worker = [sys.executable, "-m", "streams", "worker", "--config", str(config), *flags]
    web = f"http://127.0.0.1:{settings.worker.web_port}"
    with process(worker, tmp_path / "worker.log"):
        wait_for("the page of the incident", lambda: worst(web) != {})
        incident = worst(web)["incident_id"]
        shown = asyncio.run(decide_in_the_browser(web, incident, tmp_path))
        assert "Malicious by local" in shown
        assert "Ask [mail]" in shown
        decide = ["verdict", incident, "benign", "--by", "maria", "--config", str(config), *flags]
        done = subprocess.run(
            [sys.executable, "-m", "streams", *decide], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        judged = re.fullmatch(
            rf"benign: incident {incident} of {PROCESSOR}, judged at (\d+) records\n", done.stdout
        )
        assert judged is not None, done.stdout
        url = f"{web}/api/incidents/{incident}"
        wait_for("maria's verdict", lambda: get_json(url)["verdict"]["by"] == "maria")
        metrics = f"http://127.0.0.1:{settings.worker.metrics_port}/metrics"
        for verdict in ("malicious", "benign"):
            wait_for("the detector's lesson", lambda told=verdict: counted(metrics, told) == 1)
    first, second = sorted(verdicts(config), key=lambda found: found[1].decided_at)
    home = partition_of("A1EXAMPLESELLER", PROCESSOR, settings.topics.partitions)
    assert [first[0], second[0]] == [home, home]
    assert first[1].verdict is Verdict.MALICIOUS
    assert first[1].judged_records == second[1].judged_records == int(judged[1])
    assert (first[1].incident_id, first[1].by, first[1].note) == (incident, "local", "Ask [mail]")
    assert second[1].verdict is Verdict.BENIGN


def test_an_unknown_incident_is_named_in_one_line(broker: tuple, tmp_path: Path) -> None:
    address, _ = broker
    config = write_settings(tmp_path, address)
    settings = load_settings(config)
    admin = make_admin(settings.kafka)
    create_topics(admin, settings)
    admin.close()
    command = [sys.executable, "-m", "streams", "verdict", "nowhere", "benign"]
    done = subprocess.run(
        [*command, "--config", str(config)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"sellerwatch: incident nowhere is not on {settings.topics.incidents}"
    )
    assert done.stderr.count("\n") == 1
