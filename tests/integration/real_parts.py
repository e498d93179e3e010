"""Starts the real parts on loopback and ends them by their pids."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NoReturn

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what: str, ready: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return
        time.sleep(0.2)
    message = f"{what} did not happen within {seconds} seconds"
    raise AssertionError(message)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def process(command: list[str], log: Path) -> Iterator[subprocess.Popen]:
    with log.open("ab") as output:
        started = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(timeout=15)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@contextmanager
def apache_kafka(jars: Path, folder: Path) -> Iterator[str]:
    port, controller = free_port(), free_port()
    java = ["java", "-Xmx512m", "-cp", f"{jars}/*"]
    properties = folder / "server.properties"
    properties.write_text(
        "process.roles=broker,controller\nnode.id=1\n"
        f"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n"
        f"advertised.listeners=PLAINTEXT://127.0.0.1:{port}\n"
        "controller.listener.names=CONTROLLER\n"
        f"controller.quorum.bootstrap.servers=127.0.0.1:{controller}\n"
        "offsets.topic.replication.factor=1\ntransaction.state.log.replication.factor=1\n"
        "transaction.state.log.min.isr=1\ngroup.initial.rebalance.delay.ms=0\n"
        f"log.dirs={folder}/kafka-logs\n"
    )
    identity = "MkU3OEVBNTcwNTJENDM2Qk"
    subprocess.run(
        [*java, "kafka.tools.StorageTool", "format", "--standalone", "-t", identity]
        + ["-c", str(properties)],
        check=True,
        capture_output=True,
    )
    with process([*java, "kafka.Kafka", str(properties)], folder / "kafka.log"):
        wait_for("Kafka's start", lambda: listens(port))
        yield f"127.0.0.1:{port}"


class Webhook:
    """Keeps what Alertmanager sends."""

    def __init__(self) -> None:
        self.bodies: list[dict] = []
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                bodies.append(json.loads(self.rfile.read(size)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def alerts(self, status: str) -> list[dict]:
        return [a for body in list(self.bodies) for a in body["alerts"] if a["status"] == status]

    def __enter__(self) -> "Webhook":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@contextmanager
def prometheus(root: Path, folder: Path, metrics_port: int, webhook: Webhook) -> Iterator[None]:
    """Prometheus and Alertmanager with the shipped rules and routes; addresses and speed differ."""
    port, alert_port = free_port(), free_port()
    shipped = (root / "config/alertmanager/alertmanager.yml").read_text()
    # Debian's Alertmanager 0.25 does not know url_file yet.
    routed = shipped.replace(
        "url_file: /etc/alertmanager/secrets/pager_url",
        f"url: http://127.0.0.1:{webhook.server.server_port}/",
    )
    alertmanager = folder / "alertmanager.yml"
    alertmanager.write_text(routed)
    rules = folder / "rules"
    rules.mkdir()
    for path in (root / "config/prometheus/rules").glob("*.yaml"):
        text = path.read_text().replace("keep_firing_for: 2m", "keep_firing_for: 5s")
        (rules / path.name).write_text(text)
    config = folder / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
        f"rule_files: ['{rules}/*.yaml']\n"
        "alerting:\n  alertmanagers:\n"
        f"    - static_configs: [{{targets: ['127.0.0.1:{alert_port}']}}]\n"
        "scrape_configs:\n  - job_name: sellerwatch\n"
        f"    static_configs: [{{targets: ['127.0.0.1:{metrics_port}']}}]\n"
    )
    first = [
        "prometheus-alertmanager", f"--config.file={alertmanager}",
        f"--storage.path={folder}/am", f"--web.listen-address=127.0.0.1:{alert_port}",
        "--cluster.listen-address=",
    ]  # fmt: skip
    second = [
        "prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/tsdb",
        f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    with process(first, folder / "am.log"), process(second, folder / "prometheus.log"):
        wait_for("Alertmanager's start", lambda: listens(alert_port))
        wait_for("Prometheus's start", lambda: listens(port))
        yield


def has(*programs: str) -> bool:
    return all(shutil.which(program) is not None for program in programs)


def missing(what: str, cure: str) -> NoReturn:
    message = f"{what} is missing: {cure}"
    if os.environ.get("SELLERWATCH_REQUIRE_PARTS"):
        pytest.fail(message)
    pytest.skip(message)
