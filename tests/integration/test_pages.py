"""Incidents of every kind page once, through every part from the topic to the pager."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import yaml
from alerting import Receivers, Servers, alerting_servers
from real_parts import free_port, has, missing, process, wait_for
from shared_kafka import own_topics

from models.domain.data_class import DataClass
from models.incidents.incident import Incident, IncidentKind, IncidentStatus, Severity
from models.incidents.notification import notification_clock
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.topics import create_topics
from streams.presentation.alert_texts import ALERT_TEXTS
from streams.settings.settings import Settings, load_settings

MAIL = "jane.buyer@example.com"


@dataclass
class Stage:
    """The running parts: Kafka, workers, servers, receivers."""

    folder: Path
    address: str
    receivers: Receivers
    servers: Servers
    ports: tuple[int, ...]
    topics: dict[str, str] = field(default_factory=own_topics)
    incidents: dict[str, Incident] = field(default_factory=dict)

    def settings_path(self, number: int, **sections: object) -> Path:
        values = {
            "kafka": {"brokers": [self.address]},
            "topics": self.topics,
            "worker": {
                "group": self.topics["events"],
                "web_port": free_port(),
                "metrics_port": self.ports[number],
                "data_directory": str(self.folder / f"data-{number}"),
                "rebalance_timeout_seconds": 4.0,
                "session_timeout_seconds": 6.0,
                "heartbeat_interval_seconds": 1.0,
            },
        } | sections
        path = self.folder / f"worker-{number}.yaml"
        path.write_text(yaml.safe_dump(values))
        return path

    @contextmanager
    def worker(self, number: int, **sections: object) -> Iterator[subprocess.Popen]:
        path = self.settings_path(number, **sections)
        command = [sys.executable, "-m", "streams", "worker", "--config", str(path)]
        with process(command, self.folder / f"worker-{number}.log") as started:
            wait_for(
                f"worker {number}'s metrics",
                lambda: "sellerwatch_build_info" in scrape(self.ports[number]),
            )
            yield started

    def send(self, *incidents: Incident) -> None:
        settings = Settings(kafka={"brokers": [self.address]}, topics=self.topics)
        producer = make_producer(settings.kafka)
        for incident in incidents:
            self.incidents[incident.incident_id] = incident
            producer.send(
                settings.topics.incidents,
                key=incident.incident_id.encode(),
                value=msgspec.json.encode(incident),
            )
        producer.flush()
        producer.close()

    def triggered(self, alertname: str) -> list[dict]:
        return [e for e in self.receivers.pager("trigger") if e["payload"]["class"] == alertname]

    def pages(self, action: str) -> list[dict]:
        """The incident alerts at the pager, without the pipeline alerts."""
        names = {text.name for text in ALERT_TEXTS.values()}
        events = self.receivers.pager(action)
        if action == "resolve":
            keys = {e["dedup_key"] for e in self.pages("trigger")}
            return [event for event in events if event["dedup_key"] in keys]
        return [event for event in events if event["payload"]["class"] in names]


def scrape(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2) as answer:
            return answer.read().decode()
    except OSError:
        return ""


@pytest.fixture
def stage(kafka: str, root: Path, tmp_path: Path) -> Iterator[Stage]:
    if not has("prometheus", "prometheus-alertmanager"):
        missing("Prometheus", "apt-get install prometheus prometheus-alertmanager")
    ports = (free_port(), free_port())
    with (
        Receivers() as receivers,
        alerting_servers(root, tmp_path, ports, receivers) as servers,
    ):
        stage = Stage(tmp_path, kafka, receivers, servers, ports)
        settings = load_settings(stage.settings_path(0))
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        yield stage


@pytest.fixture
def make_page(make_incident: Callable[..., Incident]) -> Callable[..., Incident]:
    now = datetime.now(UTC)

    def make(kind: IncidentKind, **fields: object) -> Incident:
        values: dict = {
            "incident_id": f"i-{kind.value}",
            "principal": f"app-{kind.value}",
            "kinds": (kind,),
            "page_kind": kind,
            "opened_at": now,
            "paged_at": now,
            "notification": notification_clock(now, ("customer",), 3400, None),
        }
        return make_incident(**(values | fields))

    return make


def worse(incident: Incident) -> Incident:
    exposure = msgspec.structs.replace(incident.exposure, records=90_000, distinct_subjects=80_000)
    return msgspec.structs.replace(
        incident,
        severity=Severity.CRITICAL,
        kinds=(*incident.kinds, IncidentKind.NEW_NETWORK, IncidentKind.OFF_HOURS),
        data_classes=(DataClass.CUSTOMER, DataClass.PAYMENT),
        exposure=exposure,
    )


def test_every_kind_pages_once_whatever_happens_to_the_workers(
    stage: Stage, make_page: Callable[..., Incident], say: Callable[[str], None]
) -> None:
    kinds = list(IncidentKind)
    with stage.worker(0) as first:
        with stage.worker(1):
            started = time.monotonic()
            stage.send(*(make_page(kind) for kind in kinds))
            wait_for("a page for each kind", lambda: len(stage.pages("trigger")) == len(kinds))
            seconds = time.monotonic() - started
            say(f"{len(kinds)} pages {seconds:.1f} s after their incidents")
            assert {e["payload"]["class"] for e in stage.pages("trigger")} == {
                ALERT_TEXTS[kind].name for kind in kinds
            }
            stage.send(*(worse(incident) for incident in list(stage.incidents.values())))
            # Kill it without warning, while incidents are open.
            started = time.monotonic()
            os.kill(first.pid, signal.SIGKILL)
            wait_for("the dead worker's page", lambda: stage.triggered("SellerwatchWorkerDown"))
            say(f"a dead worker pages after {time.monotonic() - started:.1f} s")
            with stage.worker(0, alerting={"alertmanager_urls": [stage.servers.alertmanager_url]}):
                started = time.monotonic()
                stage.send(make_page(IncidentKind.CANARY, incident_id="i-late", principal="late"))
                wait_for("one more page", lambda: len(stage.pages("trigger")) == len(kinds) + 1)
                say(f"by the fast path a page takes {time.monotonic() - started:.1f} s")
                # By now Prometheus sends the same alert, which must not page again.
                time.sleep(5)
                ends = [
                    msgspec.structs.replace(incident, status=IncidentStatus.CLOSED)
                    for incident in list(stage.incidents.values())
                ]
                stage.send(*ends)
                wait_for("all ends", lambda: len(stage.pages("resolve")) == len(kinds) + 1)
                time.sleep(3)
    triggers, resolves = stage.pages("trigger"), stage.pages("resolve")
    assert len({event["dedup_key"] for event in triggers}) == len(triggers) == len(kinds) + 1
    assert sorted(e["dedup_key"] for e in resolves) == sorted(e["dedup_key"] for e in triggers)
    check_messages(stage, len(triggers))


def check_messages(stage: Stage, count: int) -> None:
    incidents = [p for p in stage.receivers.bodies("/webhook") if "incident_id" in p["groupLabels"]]
    assert [p["status"] for p in incidents].count("firing") == count
    assert [p["status"] for p in incidents].count("resolved") == count
    assert all(len(post["alerts"]) == 1 for post in incidents)
    slack = [json.dumps(body) for body in stage.receivers.bodies("/slack")]
    canary = next(text for text in slack if "app-canary" in text and "RESOLVED" not in text)
    for words in (
        "HIGH app-canary read a planted record",
        "Who: app-canary at A1, with key-1",
        "Do first: A planted record has no honest reader",
        "What: customer data",
        "How much: 3400 records in 12 calls",
        "Why: app-1 read 3,400 customer records in an hour; usual: 42 (8 to 115).",
        "Notify the marketplace by: 20",
        "http://127.0.0.1:6066/runbooks/canary",
        "http://127.0.0.1:6066/incidents/i-canary",
        "http://127.0.0.1:3000/d/sellerwatch-principal",
    ):
        assert words in canary, words
    page = next(e for e in stage.pages("trigger") if e["payload"]["component"] == "app-canary")
    details = page["payload"]["custom_details"]
    assert details["who"] == "app-canary at A1"
    assert details["how_much"].startswith("3400 records")
    assert [link["text"] for link in page["links"]] == ["Runbook", "Incident", "Dashboard"]
    assert stage.receivers.bodies("/deadman"), "the Watchdog has to reach the dead man's switch"
    assert MAIL not in json.dumps(stage.receivers.posts)
