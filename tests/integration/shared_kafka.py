"""One Apache Kafka for all tests that leave it alone, whichever process runs them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from kafka_cluster import Cluster
from real_parts import kafka_jars


@contextmanager
def shared_kafka(jars: Path, folder: Path) -> Iterator[str]:
    """Give the address of the broker of a folder; the first who asks starts it.

    Whoever uses it holds a shared lock until it is done. Who started it waits for the others'
    locks before it ends it; who comes later than that starts another one.
    """
    place = folder / "address"
    with (folder / "users.lock").open("w") as users, (folder / "start.lock").open("w") as start:
        fcntl.flock(users, fcntl.LOCK_SH)
        fcntl.flock(start, fcntl.LOCK_EX)
        if place.exists():
            address = place.read_text()
            fcntl.flock(start, fcntl.LOCK_UN)
            yield address
            return
        own = folder / f"broker-{uuid4().hex[:8]}"
        own.mkdir()
        with Cluster(jars, own) as cluster:
            (address,) = cluster.addresses
            place.write_text(address)
            fcntl.flock(start, fcntl.LOCK_UN)
            try:
                yield address
            finally:
                fcntl.flock(users, fcntl.LOCK_EX)
                place.unlink()


@contextmanager
def kafka_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the broker of a run of pytest, whichever of its processes asks."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder = folder / "shared-kafka"
    folder.mkdir(exist_ok=True)
    with shared_kafka(kafka_jars(Path(__file__).resolve().parents[2]), folder) as address:
        yield address


def own_topics() -> dict[str, str]:
    """Name topics that no other test of the shared broker uses."""
    name = f"t{uuid4().hex[:10]}"
    kinds = ("events", "incidents", "dead_letters", "feedback", "findings", "audit")
    return {kind: f"{name}-{kind.replace('_', '-')}" for kind in kinds}
