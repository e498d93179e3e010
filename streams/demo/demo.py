"""Starts broker and worker, feeds the simulation, watches, and sums up."""

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import msgspec
import yaml
from rich.console import Console
from rich.live import Live

from models.errors import BrokerError
from models.incident import Incident
from streams.commands.event_input import make_parser
from streams.demo.feeder import Feeder
from streams.demo.scoreboard import judge
from streams.demo.screen import live_view, page_text, print_summary, status_line
from streams.demo.worker_process import WorkerProcess
from streams.embedded_broker import EmbeddedBroker, free_port
from streams.kafka_clients import make_admin, make_consumer, make_producer, quiet_client_logs
from streams.packer import Packer
from streams.settings import KafkaSettings, Settings, WorkerSettings
from streams.simulation import Simulation, SimulationSettings
from streams.topics import create_topics

_LIMIT_SECONDS = 115.0
# A demo's hashes protect simulated people only; the same seed shows the same run.
_DEMO_KEY = bytes(32)


class Demo:
    """One run of the demo.

    Parameters
    ----------
    seed, days, principals
        Of the simulation.
    feed_seconds
        How long the feeding takes at least.
    console
        Where it shows.
    """

    def __init__(
        self, *, seed: int, days: int, principals: int, feed_seconds: float, console: Console
    ) -> None:
        self._simulation = Simulation(
            SimulationSettings(seed=seed, days=days, principals=principals)
        )
        self._days = days
        self._seconds_a_day = feed_seconds / days
        self._console = console
        self._incidents: dict[str, Incident] = {}
        self._events_seen = (time.monotonic(), 0.0, 0.0)

    def run(self, *, keep: bool) -> None:
        """Run it to its end; every process that it started is ended, also by an interrupt.

        Raises
        ------
        BrokerError
            If broker or worker do not start, or nothing moves any more.
        """
        quiet_client_logs()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sellerwatch-")))
            broker = stack.enter_context(EmbeddedBroker(folder / "broker.log"))
            settings = _settings(broker.address, folder)
            admin = make_admin(settings)
            create_topics(admin, settings)
            admin.close()
            config = self._write_config(settings, folder)
            url = f"http://127.0.0.1:{settings.worker.metrics_port}/metrics"
            self._console.print(f"broker {broker.address}, worker metrics {url}")
            worker = stack.enter_context(WorkerProcess(config, url, folder / "worker.log"))
            self._watch(settings, worker, folder, stack)
            results, false_pages = judge(self._simulation.truth, self._incidents.values())
            print_summary(self._console, results, false_pages, self._days)
            if keep:
                self._console.print(f"still running: {url} (Ctrl-C ends it)")
                while worker.is_running:
                    time.sleep(0.5)

    def _write_config(self, settings: Settings, folder: Path) -> Path:
        profiles = {
            principal: {
                "kind": str(profile.kind),
                "allowed_data_classes": sorted(str(c) for c in profile.allowed_data_classes),
            }
            for principal, profile in self._simulation.profiles().items()
        }
        principals = folder / "principals.yaml"
        principals.write_text(yaml.safe_dump({"principals": profiles}), encoding="utf-8")
        path = folder / "sellerwatch.yaml"
        values = settings.model_dump(mode="json") | {"principals_file": str(principals)}
        for section, secret in (("kafka", "sasl_password"), ("sources", "redaction_key")):
            del values[section][secret]
        path.write_text(yaml.safe_dump(values), encoding="utf-8")
        return path

    def _watch(
        self, settings: Settings, worker: WorkerProcess, folder: Path, stack: ExitStack
    ) -> None:
        packer = Packer(make_producer(settings, one_record_a_batch=True), settings)
        parser = make_parser(settings, "auto", _DEMO_KEY)
        feeder = Feeder(self._simulation, parser, packer, self._seconds_a_day)
        stack.callback(feeder.stop)
        consumer = make_consumer(settings, settings.topics.incidents)
        stack.callback(consumer.close)
        live = None
        if self._console.is_terminal:
            live = stack.enter_context(Live(console=self._console, refresh_per_second=4))
        deadline = time.monotonic() + _LIMIT_SECONDS
        feeder.start()
        said = 0.0
        while True:
            self._take(consumer.poll(timeout_ms=300, max_records=2000))
            figures = self._figures(worker, packer)
            line = status_line(figures, feeder.simulated_seconds)
            if live is not None:
                live.update(live_view(line, self._incidents))
            elif time.monotonic() - said > 2.0:
                said = time.monotonic()
                print(line, flush=True)
            if feeder.failure is not None:
                raise feeder.failure
            if not feeder.is_alive() and figures["lag"] <= 0:
                break
            if not worker.is_running or time.monotonic() > deadline:
                message = f"the demo got stuck: {_last_line(folder / 'worker.log')}"
                raise BrokerError(message)
        self._drain(consumer)
        if live is not None:
            # What comes next is printed below the last picture.
            live.stop()

    def _drain(self, consumer: object) -> None:
        until = time.monotonic() + 2.0
        while time.monotonic() < until:
            self._take(consumer.poll(timeout_ms=200))  # type: ignore[attr-defined]

    def _take(self, polled: dict[object, list[object]]) -> None:
        for messages in polled.values():
            for message in messages:
                incident = msgspec.json.decode(message.value, type=Incident)  # type: ignore[attr-defined]
                known = self._incidents.get(incident.incident_id)
                self._incidents[incident.incident_id] = incident
                is_new_page = incident.page and (known is None or not known.page)
                if is_new_page and not self._console.is_terminal:
                    print(f"PAGE {page_text(incident)}", flush=True)

    def _figures(self, worker: WorkerProcess, packer: Packer) -> dict[str, float]:
        sums = worker.metrics()
        events = sums.get("sellerwatch_events_total", 0.0)
        now = time.monotonic()
        then, count, speed = self._events_seen
        if now - then >= 1.0:
            speed = (events - count) / (now - then)
            self._events_seen = (now, events, speed)
        sent = packer.messages_total - packer.dead_letters_total
        return {
            "events": events,
            "events_a_second": speed,
            "lag": sent - sums.get("sellerwatch_messages_total", 0.0),
            "principals": sums.get("sellerwatch_principals", 0.0),
            "pages": float(sum(i.page for i in self._incidents.values())),
        }


def _settings(address: str, folder: Path) -> Settings:
    return Settings(
        kafka=KafkaSettings(brokers=(address,)),
        worker=WorkerSettings(
            web_port=free_port(),
            metrics_port=free_port(),
            data_directory=folder / "data",
            # The embedded broker waits half the rebalance timeout before a group starts.
            rebalance_timeout_seconds=4.0,
            session_timeout_seconds=6.0,
            heartbeat_interval_seconds=1.0,
        ),
    )


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "its worker ended")


def terminal() -> Console:
    """Return the console of the demo, on standard output."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 110)
