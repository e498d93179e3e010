"""Starts the real services on loopback and stops them by pid."""

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

_RESERVED: list[socket.socket] = []
# Below the range from which systems take the ports of outgoing connections.
_PORTS = range(20_000, 32_000)


def free_port() -> int:
    """Return a port that nobody uses, and that no other call returns while this process lives.

    A UDP socket on the same number keeps it from the processes that run tests beside this one.
    """
    while True:
        port = random.choice(_PORTS)
        reserved = socket.socket(type=socket.SOCK_DGRAM)
        try:
            reserved.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            reserved.close()
            continue
        _RESERVED.append(reserved)
        return port


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
