"""Starts the real services on loopback and stops them by pid."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


def has(*programs: str) -> bool:
    return all(shutil.which(program) is not None for program in programs)


def missing(what: str, cure: str) -> NoReturn:
    message = f"{what} is missing: {cure}"
    if os.environ.get("SELLERWATCH_REQUIRE_PARTS"):
        pytest.fail(message)
    pytest.skip(message)


def kafka_jars(root: Path) -> Path:
    jars = root / ".cache" / "kafka"
    if not has("java") or not jars.is_dir():
        missing("Apache Kafka", "install a JDK and Maven, then run 'make kafka'")
    return jars
