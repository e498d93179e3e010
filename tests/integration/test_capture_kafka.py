"""Captured calls go straight to a raw topic, and ingest reads them."""

import os
import time
from pathlib import Path

import pytest
import requests
import yaml
from kafka import KafkaConsumer
from real_parts import free_port, wait_for
from seller_api import SellerApi
from shared_kafka import own_topics

from models.domain.access_event import AccessEvent
from streams.capture.call_capture import CallCapture
from streams.capture.kafka_log import KafkaLog
from streams.ingest.parser_factory import make_parser
from streams.kafka.clients import make_admin
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

ORDERS = "/orders/v0/orders"


def config(folder: Path, broker: str) -> Path:
    path = folder / "sellerwatch.yaml"
    path.write_text(
        yaml.safe_dump({"kafka": {"brokers": [broker], "request_timeout_seconds": 2.0}})
    )
    return path


def capture_of(log: KafkaLog) -> CallCapture:
    return CallCapture(log, seller_id="A1EXAMPLE", application_id="erp", hosts=["127.0.0.1"])


def read(kafka: str, topic: str, count: int) -> list[bytes]:
    consumer = KafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest")
    found: list[bytes] = []

    def has_all() -> bool:
        for records in consumer.poll(500).values():
            found.extend(record.value for record in records)
        return len(found) >= count

    try:
        wait_for("the calls on the topic", has_all)
    finally:
        consumer.close()
    return found


# From Python 3.12 on, a fork beside threads is warned of; web servers do it all the same.
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_calls_reach_the_topic_as_ingest_reads_them(kafka: str, tmp_path: Path) -> None:
    topic = own_topics()["events"] + "-raw"
    admin = make_admin(KafkaSettings(brokers=(kafka,)))
    admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
    admin.close()
    capture = capture_of(KafkaLog(topic, config(tmp_path, kafka)))
    with SellerApi() as api:
        capture.start()
        for number in range(20):
            requests.get(f"{api.url}{ORDERS}?n={number}", timeout=5)
        child = os.fork()
        if child == 0:
            # A forked worker of a web server: it has no thread of its parent.
            requests.get(f"{api.url}{ORDERS}?n=20", timeout=5)
            capture.stop()
            os._exit(0)
        os.waitpid(child, 0)
        capture.stop()
    assert (capture.written, capture.lost) == (20, 0)
    parser = make_parser(Settings(), "auto", b"k" * 32)
    lines = read(kafka, topic, 21)
    assert len({line.partition(b"?n=")[2] for line in lines}) <= 21
    for line in lines:
        (event,) = parser.parse(line, source=topic, position="0")
        assert isinstance(event, AccessEvent)
        assert (event.tenant, event.operation) == ("A1EXAMPLE", "getOrders")


def test_a_broker_that_is_away_holds_up_no_call(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = KafkaLog("nowhere", config(tmp_path, f"127.0.0.1:{free_port()}"))
    capture = capture_of(log)
    with SellerApi() as api:
        capture.start()
        before = time.monotonic()
        for _ in range(5):
            assert requests.get(f"{api.url}{ORDERS}", timeout=5).status_code == 200
        taken = time.monotonic() - before
        capture.stop()
    # As long as a single wait for the broker would have been.
    assert taken < 2
    assert (capture.written, capture.lost) == (0, 5)
    assert "5 calls are missing in the access log" in caplog.text
