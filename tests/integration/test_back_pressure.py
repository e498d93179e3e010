"""A backlog that grows far faster than it is worked off."""

import sys
import time
from pathlib import Path

import msgspec
import psutil

sys.path.insert(0, str(Path(__file__).parent))
from kafka_cluster import Cluster
from live import Deployment, Worker, events_of, feed, kafka_jars
from real_parts import wait_for

from streams.settings import Settings
from streams.simulation import Simulation, SimulationSettings

COPIES = 8


def test_memory_stays_flat_and_the_lag_is_worked_off(root: Path, tmp_path: Path) -> None:
    log = tmp_path / "all.ndjson"
    simulation = Simulation(SimulationSettings(seed=3, days=9, principals=12, warm_up_days=3))
    log.write_bytes(b"".join(msgspec.json.encode(r.record) + b"\n" for r in simulation.records()))
    once = events_of([log], Settings(sources={"redaction_key": "ab" * 32}))
    replace = msgspec.structs.replace
    days = 9 * 86400.0
    many = [
        replace(event, event_id=f"{event.event_id}-{turn}", time=event.time + turn * days)
        for turn in range(COPIES)
        for event in once
    ]
    with Cluster(kafka_jars(root), tmp_path) as cluster:
        deployment = Deployment.create(
            cluster.addresses, tmp_path, "flood", packer={"batch_events": 100}
        )
        # All of it at once: the producer is far faster than the worker.
        began = time.monotonic()
        feed(deployment, many)
        fed = len(many) / (time.monotonic() - began)
        worker = Worker(deployment).start()
        try:
            worker.wait_until_ready()
            assert worker.process is not None
            process = psutil.Process(worker.process.pid)
            sizes, lags = [], []

            def is_done() -> bool:
                figures = worker.metrics()
                sizes.append(process.memory_info().rss)
                lags.append(figures.get("sellerwatch_consumer_lag_messages", 0.0))
                return figures.get("sellerwatch_events_total", 0) >= len(many)

            wait_for("the end of the backlog", is_done, seconds=180)
            wait_for("the last checkpoint", deployment.is_done)
            wait_for(
                "a lag of nothing",
                lambda: worker.metrics()["sellerwatch_consumer_lag_messages"] == 0,
            )
            figures = worker.metrics()
        finally:
            worker.kill()
    print(f"fed {fed:,.0f} events/s, lag up to {max(lags):,.0f} messages")
    print(f"{min(sizes) / 1e6:.0f} to {max(sizes) / 1e6:.0f} MB")
    assert figures["sellerwatch_events_total"] == len(many)
    assert max(lags) > 100
    # The backlog itself is several times this.
    assert max(sizes) - sizes[len(sizes) // 3] < 40e6
