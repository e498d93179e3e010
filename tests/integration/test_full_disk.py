"""The broker's disk is full: producing fails, and nothing is lost once there is space again."""

import gc
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka_cluster import Cluster
from live import Deployment, feed, workers
from real_parts import kafka_jars, wait_for
from scene import Scene, simulated

# kafka-python leaves the sockets of a killed broker to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
SIZE = "256m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A separate file system, small enough to fill quickly."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here, which only root may: {error}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    gc.collect()


def fill(file: Path) -> None:
    block = bytes(1 << 16)
    with file.open("wb", buffering=0) as file_object:
        try:
            while file_object.write(block):
                pass
        except OSError as error:
            assert "No space left" in str(error)


def test_a_full_disk_loses_nothing(root: Path, tmp_path: Path, disk: Path) -> None:
    events = simulated(tmp_path)
    middle = len(events) // 2
    with Cluster(kafka_jars(root), tmp_path, overrides=f"log.dirs={disk}/logs\n") as cluster:
        # The broker is away for as long as its start takes: as patient as the default.
        patient = {"request_timeout_seconds": 20.0}
        deployment = Deployment.create(cluster.addresses, tmp_path, "full", kafka=patient)
        with workers(deployment, 1) as running:
            scene = Scene(cluster, deployment, running, events)
            feed(deployment, events[:middle], seconds=1.0)
            feeder = threading.Thread(target=feed, args=(deployment, events[middle:], 6.0))
            feeder.start()
            wait_for("some of the second half", lambda: not deployment.is_done())
            fill(disk / "filler")
            # Kafka stops when it cannot write.
            wait_for("the broker's end", lambda: cluster.has_ended(1))
            (disk / "filler").unlink()
            cluster.kill(1)
            cluster.start(1)
            feeder.join(timeout=90)
            assert not feeder.is_alive(), "what was not acknowledged is sent again"
            scene.recover()
