"""A slow worker, and a backlog that grows far faster than the worker drains it."""

import json
import signal
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import alerting
import msgspec
import psutil
import pytest
from alerting import Receivers, alerting_servers
from kafka_cluster import Cluster
from live import Deployment, Worker, events_of, feed, workers
from real_parts import has, kafka_jars, missing, wait_for

from models.domain.access_event import AccessEvent
from streams.settings.settings import Settings
from streams.simulation import Simulation, SimulationSettings

COPIES = 8
ALERT = "SellerwatchLagHigh"
# The rule uses five minutes and waits for two; here both are seconds.
HASTE = ((r"\[5m\]", "[15s]"), (r"for: 2m", "for: 3s"), (r"drain_seconds:sum > 60", r"\g<0>/4"))


def backlog(folder: Path) -> list[AccessEvent]:
    log = folder / "all.ndjson"
    simulation = Simulation(SimulationSettings(seed=3, days=9, principals=12, warm_up_days=3))
    log.write_bytes(b"".join(msgspec.json.encode(r.record) + b"\n" for r in simulation.records()))
    once = events_of([log], Settings(sources={"redaction_key": "ab" * 32}))
    replace = msgspec.structs.replace
    days = 9 * 86400.0
    return [
        replace(event, event_id=f"{event.event_id}-{turn}", time=event.time + turn * days)
        for turn in range(COPIES)
        for event in once
    ]


@contextmanager
def slowed(worker: Worker, share: float) -> Iterator[None]:
    """Let a worker run for only a share of the time, as on a machine that is too small."""
    ended = threading.Event()

    def run() -> None:
        while not ended.is_set():
            worker.signal(signal.SIGSTOP)
            time.sleep(0.1 * (1 - share))
            worker.signal(signal.SIGCONT)
            time.sleep(0.1 * share)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@dataclass
class Watch:
    """A worker and its alert, seen from outside."""

    worker: Worker
    prometheus: str
    sizes: list[int] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)

    def fires(self) -> bool:
        self.look()
        with urllib.request.urlopen(f"{self.prometheus}/api/v1/alerts", timeout=10) as answer:
            alerts = json.load(answer)["data"]["alerts"]
        states = {a["state"] for a in alerts if a["labels"]["alertname"] == ALERT}
        return "firing" in states

    def look(self) -> dict[str, float]:
        assert self.worker.process is not None
        self.sizes.append(psutil.Process(self.worker.process.pid).memory_info().rss)
        figures = self.worker.metrics()
        self.lags.append(figures.get("sellerwatch_consumer_lag_messages", 0.0))
        return figures

    def has_scored(self, count: int) -> Callable[[], bool]:
        return lambda: self.look().get("sellerwatch_events_total", 0) >= count


def test_memory_stays_flat_an_alert_tells_of_the_lag_and_it_is_worked_off(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has("prometheus", "prometheus-alertmanager"):
        missing("Prometheus", "apt-get install prometheus prometheus-alertmanager")
    monkeypatch.setattr(alerting, "SPEED", (*alerting.SPEED, *HASTE))
    many = backlog(tmp_path)
    with Cluster(kafka_jars(root), tmp_path) as cluster, Receivers() as receivers:
        deployment = Deployment.create(
            cluster.addresses, tmp_path, "flood", packer={"batch_events": 100}
        )
        port = deployment.settings().worker.metrics_port
        with (
            workers(deployment, 1) as (worker,),
            alerting_servers(root, tmp_path, [port], receivers) as servers,
        ):
            watch = Watch(worker, servers.prometheus_url)
            with slowed(worker, share=0.3):
                began = time.monotonic()
                feed(deployment, many)
                fed = len(many) / (time.monotonic() - began)
                assert watch.look()["sellerwatch_events_total"] < len(many)
                wait_for("the alert", watch.fires)
            wait_for("the end of the backlog", watch.has_scored(len(many)), seconds=180)
            wait_for("the last checkpoint", deployment.is_done)
            wait_for("the alert's end", lambda: not watch.fires())
            wait_for(
                "a lag of nothing", lambda: watch.look()["sellerwatch_consumer_lag_messages"] == 0
            )
            figures = watch.look()
    sizes, lags = watch.sizes, watch.lags
    print(f"fed {fed:,.0f} events/s, lag up to {max(lags):,.0f} messages")
    print(f"{min(sizes) / 1e6:.0f} to {max(sizes) / 1e6:.0f} MB")
    assert figures["sellerwatch_events_total"] == len(many)
    assert max(lags) > 100
    # The backlog itself is several times this.
    assert max(sizes) - sizes[len(sizes) // 3] < 40e6
