"""Starts a broker and a worker, feeds them the simulation, and prints a summary."""

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import yaml
from rich.console import Console

from models.errors import BrokerError
from models.incidents.incident import Incident
from streams.demo.embedded_broker import EmbeddedBroker, free_port
from streams.demo.feeder import Feeder
from streams.demo.incident_board import IncidentBoard
from streams.demo.interrupts import Interrupts
from streams.demo.live_show import LiveShow
from streams.demo.scoreboard import judge
from streams.demo.screen import print_summary, status_line
from streams.demo.worker_process import WorkerProcess
from streams.ingest.packer import Packer
from streams.ingest.parser_factory import make_parser
from streams.kafka.clients import make_admin, make_consumer, make_producer, quiet_client_logs
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings, LinkSettings, TopicSettings, WorkerSettings
from streams.settings.settings import Settings
from streams.simulation import Simulation, SimulationSettings

_LIMIT_SECONDS = 115.0
# The last incidents may arrive after the last event was counted.
_LAST_POLLS = 10
# These hashes protect simulated people only, and the same seed must give the same run.
_DEMO_KEY = bytes(32)


class Demo:
    """One run of the demo.

    Parameters
    ----------
    seed, days, principals
        Settings of the simulation.
    feed_seconds
        Shortest time to feed all records.
    console
        Where the demo prints.
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
        self._events_seen = (time.monotonic(), 0.0, 0.0)

    def run(self, *, keep: bool) -> None:
        """Run the demo to its end, then stop every process it started, even after an interrupt.

        Raises
        ------
        BrokerError
            If the broker or the worker does not start, or the demo gets stuck.
        """
        quiet_client_logs()
        self._console.print(f"world: account, seed {self._simulation.settings.seed}")
        with Interrupts() as interrupts, ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sellerwatch-")))
            broker = stack.enter_context(EmbeddedBroker(folder / "broker.log"))
            interrupts.check()
            settings = _settings(broker.address, folder)
            with closing(make_admin(settings.kafka)) as admin:
                create_topics(admin, settings)
            config = self._write_config(settings, folder)
            url = f"http://127.0.0.1:{settings.worker.metrics_port}/metrics"
            pages = f"http://127.0.0.1:{settings.worker.web_port}/incidents"
            self._console.print(f"broker: {broker.address}, worker metrics: {url}")
            self._console.print(f"incidents: {pages}")
            interrupts.check()
            worker = stack.enter_context(WorkerProcess(config, url, folder / "worker.log"))
            incidents = self._watch(settings, worker, stack, interrupts)
            results, false_pages = judge(self._simulation.truth, incidents.values())
            print_summary(self._console, results, false_pages, self._days)
            if keep:
                self._console.print(f"still running: {url} and {pages} (Ctrl-C stops it)")
                while worker.is_running:
                    interrupts.check()
                    time.sleep(0.2)

    def _write_config(self, settings: Settings, folder: Path) -> Path:
        """Write the seller's declarations: purposes, networks and planted ids."""
        profiles = {
            principal: {
                "kind": str(profile.kind),
                "allowed_data_classes": sorted(str(c) for c in profile.allowed_data_classes),
                "expected_networks": list(profile.expected_networks),
            }
            for principal, profile in self._simulation.profiles().items()
        }
        principals, key = folder / "principals.yaml", folder / "redaction.key"
        principals.write_text(yaml.safe_dump({"principals": profiles}), encoding="utf-8")
        key.write_text(_DEMO_KEY.hex(), encoding="utf-8")
        values = settings.model_dump(mode="json") | {
            "principals_file": str(principals),
            "detector": {"canary_ids": list(self._simulation.canaries)},
        }
        del values["kafka"]["sasl_password"], values["sources"]["redaction_key"]
        values["sources"]["redaction_key_file"] = str(key)
        path = folder / "sellerwatch.yaml"
        path.write_text(yaml.safe_dump(values), encoding="utf-8")
        return path

    def _watch(
        self, settings: Settings, worker: WorkerProcess, stack: ExitStack, interrupts: Interrupts
    ) -> dict[str, Incident]:
        producer = make_producer(settings.kafka, one_record_a_batch=True)
        stack.callback(producer.close, timeout=2)
        packer = Packer(producer, settings.topics, settings.packer)
        parser = make_parser(settings, "auto", _DEMO_KEY)
        feeder = Feeder(self._simulation, parser, packer, settings.kafka, self._seconds_a_day)
        threads = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="feeder"))
        stack.callback(feeder.stop)
        consumer = make_consumer(settings.kafka, settings.topics.incidents)
        stack.callback(consumer.close)
        show = LiveShow(self._console)
        board = IncidentBoard(consumer, show.page)
        fed = threads.submit(feeder.feed)
        deadline = time.monotonic() + _LIMIT_SECONDS
        with show:
            while True:
                interrupts.check()
                board.poll(0.3)
                figures = self._figures(worker, packer, board)
                show.update(status_line(figures, feeder.simulated_seconds), board.incidents)
                if fed.done():
                    fed.result()
                    if figures["lag"] <= 0:
                        break
                if not worker.is_running or time.monotonic() > deadline:
                    message = f"the demo got stuck: {worker.last_line()}"
                    raise BrokerError(message)
            for _ in range(_LAST_POLLS):
                board.poll(0.2)
        return board.incidents

    def _figures(
        self, worker: WorkerProcess, packer: Packer, board: IncidentBoard
    ) -> dict[str, float]:
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
            "pages": float(sum(i.page for i in board.incidents.values())),
        }


def _settings(address: str, folder: Path) -> Settings:
    web_port = free_port()
    return Settings(
        links=LinkSettings(web_base_url=f"http://127.0.0.1:{web_port}"),
        # An interrupt waits at most this long for a send that hangs.
        kafka=KafkaSettings(brokers=(address,), request_timeout_seconds=8.0),
        # Each partition learns its own cohorts, so a small fleet stays in one partition.
        topics=TopicSettings(partitions=1),
        worker=WorkerSettings(
            web_port=web_port,
            metrics_port=free_port(),
            data_directory=folder / "data",
            # The embedded broker waits half the rebalance timeout before a group starts.
            rebalance_timeout_seconds=4.0,
            session_timeout_seconds=6.0,
            heartbeat_interval_seconds=1.0,
        ),
    )


def terminal() -> Console:
    """Return the console of the demo, on standard output."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 110)
