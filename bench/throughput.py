"""Measures the worker's throughput and latency against the textbook and against decoding.

Run with `make bench-throughput`. The last line is one JSON object: events per second, medians.
With two cores or more, broker and producer use the first and the worker the second.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import confluent_kafka
import msgspec
import yaml
from kafka.admin import NewTopic

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "integration"), str(ROOT / "bench")]

from kafka_cluster import Cluster  # noqa: E402
from live import Deployment, Worker  # noqa: E402
from real_parts import has, wait_for  # noqa: E402
from throughput_drain import Drain, drain  # noqa: E402
from throughput_load import feed_at_rate, packed, repeated, simulated_events  # noqa: E402

from models.domain.access_event import AccessEvent  # noqa: E402
from models.domain.event_batch import decode_batch  # noqa: E402
from models.incidents.incident import Incident  # noqa: E402
from streams.demo.embedded_broker import EmbeddedBroker  # noqa: E402
from streams.ingest.packer import Packer  # noqa: E402
from streams.kafka.clients import make_admin, make_consumer, make_producer  # noqa: E402
from streams.settings.settings import PackerSettings  # noqa: E402

T = TypeVar("T")
VIOLATIONS_A_SECOND = 20.0
PARTITIONS = 8


def main() -> None:
    """Run every part and print the result."""
    arguments = _arguments()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sellerwatch-")))
        broker, flags, name = stack.enter_context(_broker(folder))
        bench = Bench(folder, broker, flags, arguments)
        result = {"broker": name, "cores": len(os.sched_getaffinity(0))} | bench.run()
    print(json.dumps(result))


class Bench:
    """One run of the benchmark on one broker."""

    def __init__(
        self, folder: Path, broker: str, flags: list[str], arguments: argparse.Namespace
    ) -> None:
        self._folder, self._broker, self._flags = folder, broker, flags
        self._rounds, self._count = arguments.rounds, arguments.events
        self._seconds = arguments.latency_seconds
        self._filled = self._deployment("filled")
        self._events = simulated_events(self._filled.settings())
        self._messages = packed(repeated(self._events, self._count), self._filled.settings())

    def run(self) -> dict[str, Any]:
        """Run every part; later parts use the figures of earlier ones."""
        self._fill(self._filled)
        ours, two, decode, textbook = [], [], [], []
        for number in range(self._rounds):
            decode.append(self._decode_only(f"decode-{number}"))
            ours.append(self._ours(f"ours-{number}", 1))
            textbook.append(self._textbook(number))
            two.append(self._ours(f"two-{number}", 2))
            print(f"round {number + 1}: {ours[-1].events_a_second:,.0f} ours,", end=" ")
            print(f"{two[-1].events_a_second:,.0f} two workers,", end=" ")
            print(f"{textbook[-1]:,.0f} textbook, {decode[-1]:,.0f} decode only", flush=True)
        one = [drain.events_a_second for drain in ours]
        both = [drain.events_a_second for drain in two]
        mine = statistics.median(one)
        return {
            "ours": round(mine),
            "ours_cpu_microseconds": _median([drain.cpu_microseconds for drain in ours]),
            "textbook": round(statistics.median(textbook)),
            "decode_only": round(statistics.median(decode)),
            "ours_per_textbook": _median_ratio(one, textbook),
            "ours_per_decode_only": _median_ratio(one, decode),
            "two_workers": round(statistics.median(both)),
            "two_per_one": _median_ratio(both, one),
            "two_cpu_microseconds": _median([drain.cpu_microseconds for drain in two]),
            "two_busiest_share": _median([drain.busiest_share for drain in two]),
            **self._latency(mine / 2),
            "events": self._count,
            "rounds": self._rounds,
        }

    def _deployment(self, name: str, **overrides: Any) -> Deployment:
        worker = {"session_timeout_seconds": 10.0, "rebalance_timeout_seconds": 5.0}
        topics = {"partitions": PARTITIONS}
        # The default settings: the tests use smaller messages.
        packer = {"batch_events": PackerSettings().batch_events}
        defaults = {"worker": worker, "topics": topics, "packer": packer}
        return Deployment.create(
            [self._broker], self._folder, name, flags=tuple(self._flags),
            **defaults | overrides, checkpoints={"interval_seconds": 5.0},
        )  # fmt: skip

    def _fill(self, deployment: Deployment) -> None:
        """Send packed messages at once: seconds of work for a worker."""
        settings = deployment.settings()
        producer = make_producer(settings.kafka, one_record_a_batch=bool(self._flags))
        for partition, value in self._messages:
            producer.send(settings.topics.events, value=value, partition=partition)
        producer.flush()
        producer.close()

    @contextmanager
    def _packer(self, deployment: Deployment) -> Iterator[Packer]:
        settings = deployment.settings()
        packer = Packer(
            make_producer(settings.kafka, one_record_a_batch=bool(self._flags)),
            settings.topics,
            settings.packer,
        )
        yield packer
        packer.flush()

    def _ours(self, name: str, count: int) -> Drain:
        """Let ready workers score a burst."""
        deployment = self._deployment(name)
        share = [PARTITIONS // count] * count
        with ExitStack() as stack:
            workers = []
            for number in range(count):
                worker = Worker(deployment, number)
                stack.callback(worker.kill)
                _pinned(1 - number, worker.start)
                workers.append(worker)
            wait_for("their partitions", lambda: [w.partitions() for w in workers] == share)
            self._fill(deployment)
            return drain(workers, self._count)

    def _decode_only(self, group: str) -> float:
        code = [sys.executable, __file__, "--decode", self._broker, group, str(self._count)]
        return float(_pinned(1, lambda: subprocess.check_output(code, text=True)))

    def _textbook(self, number: int) -> float:
        # Long enough that most trees have seen their first window; they score nothing before.
        count, name = self._count // 10, f"textbook-{number}"
        deployment = self._deployment(name)
        settings = deployment.settings()
        with closing(make_admin(settings.kafka)) as admin:
            admin.create_topics([NewTopic(f"{settings.topics.events}-alerts", PARTITIONS, 1)])
        producer = make_producer(settings.kafka, one_record_a_batch=bool(self._flags))
        for event in repeated(self._events, count):
            producer.send(settings.topics.events, key=event.principal.encode(), value=_plain(event))
        producer.flush()
        producer.close()
        code = [sys.executable, str(ROOT / "bench" / "throughput_textbook.py"), self._broker]
        code += [f"group-{name}", settings.topics.events, str(self._folder / name), str(count)]
        said = _pinned(1, lambda: subprocess.check_output(code, text=True, timeout=180))
        # Faust wraps it in terminal codes.
        figures = json.loads(said[said.index("{") : said.index("}") + 1])
        return float(figures["events"] / figures["seconds"])

    def _latency(self, load: float) -> dict[str, Any]:
        """Measure the time from packing an event to the arrival of its incident, and its parts."""
        principals = self._folder / "violators.yaml"
        number = int(self._seconds * VIOLATIONS_A_SECOND) + 1
        profile = {"kind": "erp", "allowed_data_classes": []}
        names = {f"violator-{n}": profile for n in range(1, number + 1)}
        principals.write_text(yaml.safe_dump({"principals": names}))
        deployment = self._deployment("latency")
        deployment.values["principals_file"] = str(principals)
        deployment.config().unlink()
        worker = Worker(deployment)
        sent: dict[str, float] = {}
        with ExitStack() as stack:
            stack.callback(worker.kill)
            _pinned(1, worker.start)
            worker.wait_until_ready()
            waiter = Waiter(deployment)
            stack.callback(waiter.stop)
            _pin(0)
            with self._packer(deployment) as packer:
                feed_at_rate(
                    packer,
                    repeated(self._events, 10**9),
                    events_a_second=load,
                    violations_a_second=VIOLATIONS_A_SECOND,
                    seconds=self._seconds,
                    on_violation=lambda principal: sent.update({principal: time.time()}),
                )
            wait_for("all incidents", lambda: sent.keys() <= waiter.arrived.keys(), seconds=60)
        told = [(at, *waiter.arrived[principal]) for principal, at in sent.items()]
        whole = [arrived - at for at, _, arrived in told]
        return {
            "latency_p50_seconds": _quantile(whole, 0.5),
            "latency_p99_seconds": _quantile(whole, 0.99),
            "latency_p99_until_scored_seconds": _quantile([s - at for at, s, _ in told], 0.99),
            "latency_p99_of_delivery_seconds": _quantile([a - s for _, s, a in told], 0.99),
            "latency_incidents": len(told),
            "latency_load": round(load),
        }


class Waiter:
    """Records when the first incident of each principal was sent and arrived."""

    def __init__(self, deployment: Deployment) -> None:
        self.arrived: dict[str, tuple[float, float]] = {}
        settings = deployment.settings()
        self._consumer = make_consumer(settings.kafka, settings.topics.incidents)
        self._consumer.poll(timeout_ms=2000)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ended.is_set():
            for records in self._consumer.poll(timeout_ms=100).values():
                for record in records:
                    incident = msgspec.json.decode(record.value, type=Incident)
                    times = (record.timestamp / 1000, time.time())
                    self.arrived.setdefault(incident.principal, times)

    def stop(self) -> None:
        """Stop the thread and its consumer."""
        self._ended.set()
        self._thread.join()
        self._consumer.close()


def decode_only(broker: str, group: str, count: int) -> None:
    """Only read and decode the filled topic, and print events per second."""
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": broker, "group.id": group, "auto.offset.reset": "earliest"}
    )
    consumer.subscribe(["filled-events"])
    seen, began = 0, 0.0
    while seen < count:
        # Small polls and a short wait: it returns when all are read or time is up.
        for message in consumer.consume(20, timeout=0.02):
            if message.error() is None:
                began = began or time.monotonic()
                seen += len(decode_batch(message.value()).events)
    print(seen / (time.monotonic() - began))
    consumer.close()


def _plain(event: AccessEvent) -> bytes:
    names = ("event_id", "time", "principal", "operation")
    values = {name: getattr(event, name) for name in names}
    return msgspec.json.encode(values | {"records": event.records or 0, "bytes": event.bytes or 0})


def _quantile(values: list[float], share: float) -> float:
    return round(sorted(values)[int(len(values) * share)], 3)


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 2)


def _median_ratio(mine: list[float], theirs: list[float]) -> float:
    return round(statistics.median(a / b for a, b in zip(mine, theirs, strict=True)), 3)


@contextmanager
def _broker(folder: Path) -> Iterator[tuple[str, list[str], str]]:
    jars = ROOT / ".cache" / "kafka"
    if has("java") and jars.is_dir():
        with ExitStack() as stack:
            cluster = Cluster(jars, folder)
            _pinned(0, lambda: stack.enter_context(cluster))
            yield cluster.addresses[0], [], "apache-kafka"
        return
    with EmbeddedBroker(folder / "broker.log") as embedded:
        yield embedded.address, ["--embedded-broker"], "embedded"


def _pin(core: int) -> None:
    cores = sorted(os.sched_getaffinity(0) | _ALL)
    os.sched_setaffinity(0, {cores[core]} if len(cores) > 1 else set(cores))


_ALL = frozenset(os.sched_getaffinity(0))


def _pinned(core: int, start: Callable[[], T]) -> T:
    """Start a process pinned to one core; the caller keeps all cores."""
    _pin(core)
    try:
        return start()
    finally:
        os.sched_setaffinity(0, _ALL)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-seconds", type=float, default=20.0)
    return parser.parse_args()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--decode"]:
        decode_only(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main()
