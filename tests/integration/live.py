"""Runs live workers and feeds them, for the delivery tests."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml
from kafka import TopicPartition
from prometheus_client.parser import text_string_to_metric_families
from real_parts import free_port, wait_for

from models.domain.access_event import AccessEvent
from models.incidents.incident import Incident
from streams.ingest.packer import Packer
from streams.ingest.parser_factory import make_parser
from streams.kafka.clients import make_admin, make_consumer, make_producer
from streams.kafka.topics import create_topics
from streams.settings.settings import Settings, load_settings
from streams.sources.files.read_events import read_events

KEY = "ab" * 32


@dataclass(frozen=True)
class Deployment:
    """Settings of a group of workers, with their own topics."""

    folder: Path
    values: dict[str, Any]
    name: str
    flags: tuple[str, ...] = ()

    @classmethod
    def create(
        cls,
        brokers: list[str],
        folder: Path,
        name: str,
        *,
        flags: tuple[str, ...] = (),
        **overrides: Any,
    ) -> "Deployment":
        (folder / "key").write_text(KEY)
        topics = {
            key: f"{name}-{key.replace('_', '-')}"
            for key in ("events", "incidents", "dead_letters", "feedback", "findings", "audit")
        }
        values: dict[str, Any] = {
            "kafka": {
                "brokers": brokers,
                "replication_factor": min(3, len(brokers)),
                "request_timeout_seconds": 8.0,
            },
            "sources": {"redaction_key_file": str(folder / "key")},
            "topics": topics,
            "checkpoints": {"interval_seconds": 1.0},
            "packer": {"batch_events": 25},
            "worker": {
                "group": name,
                "rebalance_timeout_seconds": 5.0,
                "session_timeout_seconds": 3.0,
                "heartbeat_interval_seconds": 0.5,
                "idle_advance_seconds": 3.0,
            },
        }
        for section, changes in overrides.items():
            values[section] = values.get(section, {}) | changes
        deployment = cls(folder, values, name, flags)
        settings = deployment.settings()
        admin = make_admin(settings.kafka)
        # One broker serves many tests: another's topics of this name have other partitions.
        ours = folder / f"{name}.created"
        assert ours.exists() or topics["events"] not in admin.list_topics(), f"{name} is taken"
        ours.touch()
        create_topics(admin, settings)
        admin.close()
        return deployment

    def config(self, number: int = 0) -> Path:
        """Write the settings file of one worker."""
        path = self.folder / f"{self.name}-{number}.yaml"
        if not path.exists():
            own = {
                "web_port": free_port(),
                "metrics_port": free_port(),
                "data_directory": str(self.folder / f"{self.name}-data-{number}"),
            }
            path.write_text(yaml.safe_dump(self.values | {"worker": self.values["worker"] | own}))
        return path

    def settings(self, number: int = 0) -> Settings:
        return load_settings(self.config(number))

    def incidents(self) -> dict[str, list[Incident]]:
        """Read every state of every incident."""
        found: dict[str, list[Incident]] = {}
        for value in self.read(self.settings().topics.incidents):
            incident = msgspec.json.decode(value, type=Incident)
            found.setdefault(incident.incident_id, []).append(incident)
        return found

    def read(self, topic: str) -> list[bytes]:
        consumer = make_consumer(self.settings().kafka)
        places = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic)]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        values = []
        while any(consumer.position(place) < ends[place] for place in places):
            for records in consumer.poll(timeout_ms=500).values():
                values += [record.value for record in records]
        consumer.close()
        return values

    def is_done(self) -> bool:
        """Whether a checkpoint covers everything: the group commits its offset."""
        settings = self.settings()
        topic = settings.topics.events
        consumer = make_consumer(settings.kafka, group_id=self.name)
        places = [TopicPartition(topic, p) for p in range(settings.topics.partitions)]
        ends = consumer.end_offsets(places)
        committed = {place: consumer.committed(place) or 0 for place in places}
        consumer.close()
        return committed == ends


class Worker:
    """A worker process."""

    def __init__(self, deployment: Deployment, number: int = 0) -> None:
        self.deployment, self.number = deployment, number
        self.config = deployment.config(number)
        self.log = deployment.folder / f"{deployment.name}-worker-{number}.log"
        self._settings = load_settings(self.config)
        self.process: subprocess.Popen | None = None

    def start(self) -> "Worker":
        command = [sys.executable, "-m", "streams", "worker", "--config", str(self.config)]
        command += self.deployment.flags
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        return self

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        """Kill it, as a crash would."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def is_ready(self) -> bool:
        url = f"http://127.0.0.1:{self._settings.worker.web_port}/readyz"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def wait_until_ready(self) -> "Worker":
        """Wait as long as a busy machine may take; say what it last logged if it never is."""
        try:
            wait_for(f"readiness of worker {self.number}", self._is_ready_or_over, seconds=180)
        except AssertionError as error:
            error.add_note(self._told())
            raise
        assert self.process is not None
        assert self.process.poll() is None, self._told()
        return self

    def _is_ready_or_over(self) -> bool:
        return self.is_ready() or (self.process is not None and self.process.poll() is not None)

    def _told(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join([f"the last lines of {self.log.name}:", *lines[-30:]])

    def metrics(self) -> dict[str, float]:
        """Return each metric summed over its labels; empty if the worker does not answer."""
        sums: dict[str, float] = {}
        for name, value in self._samples():
            sums[name] = sums.get(name, 0.0) + value
        return sums

    def partitions(self) -> int:
        """Return how many partitions it has opened, scored or saved."""
        names = [name for name, _ in self._samples()]
        return names.count("sellerwatch_checkpoint_timestamp_seconds")

    def _samples(self) -> list[tuple[str, float]]:
        url = f"http://127.0.0.1:{self._settings.worker.metrics_port}/metrics"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                text = answer.read().decode()
        except OSError:
            return []
        families = text_string_to_metric_families(text)
        return [(sample.name, sample.value) for family in families for sample in family.samples]


@contextmanager
def workers(deployment: Deployment, count: int) -> Iterator[list[Worker]]:
    """Start workers, and stop those that are left."""
    started = [Worker(deployment, number).start() for number in range(count)]
    try:
        for worker in started:
            worker.wait_until_ready()
        yield started
    finally:
        for worker in started:
            worker.kill()


def events_of(paths: Iterable[Path], settings: Settings) -> list[AccessEvent]:
    """Read logs like `ingest` and `detect`."""
    parser = make_parser(settings, "auto", bytes.fromhex(KEY))
    items = read_events(
        [str(path) for path in paths],
        parser,
        disorder_seconds=settings.sources.disorder_seconds,
        on_bytes=lambda _: None,
    )
    return [item for item in items if isinstance(item, AccessEvent)]


def feed(deployment: Deployment, events: Iterable[AccessEvent], seconds: float = 0.0) -> None:
    """Send events like `ingest`, spread over some time."""
    events = list(events)
    settings = deployment.settings()
    producer = make_producer(settings.kafka)
    packer = Packer(producer, settings.topics, settings.packer)
    began = time.monotonic()
    for number, event in enumerate(events):
        packer.add(event)
        if number % 50 == 0:
            packer.send_due()
            due = began + seconds * number / len(events)
            time.sleep(max(0.0, due - time.monotonic()))
    packer.flush()
    producer.close()
