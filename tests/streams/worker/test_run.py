import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from real_parts import free_port

from streams.kafka.clients import make_admin
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings


@pytest.fixture
def environment(broker_address: str, tmp_path: Path) -> dict[str, str]:
    settings = Settings(kafka=KafkaSettings(brokers=(broker_address,)))
    admin = make_admin(settings.kafka)
    create_topics(admin, settings)
    admin.close()
    home = tmp_path / "home"
    home.mkdir()
    return os.environ | {
        "HOME": str(home),
        "SELLERWATCH_KAFKA__BROKERS": f'["{broker_address}"]',
        "SELLERWATCH_WORKER__WEB_PORT": str(free_port()),
        "SELLERWATCH_WORKER__METRICS_PORT": str(free_port()),
        "SELLERWATCH_WORKER__REBALANCE_TIMEOUT_SECONDS": "4",
        "SELLERWATCH_WORKER__SESSION_TIMEOUT_SECONDS": "6",
        "SELLERWATCH_WORKER__HEARTBEAT_INTERVAL_SECONDS": "1",
    }


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "streams", "worker", "--embedded-broker"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def is_ready(port: str) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_it_becomes_ready_in_an_empty_home_and_a_signal_ends_it_with_0(
    environment: dict[str, str],
) -> None:
    started = start(environment)
    deadline = time.monotonic() + 40
    while not is_ready(environment["SELLERWATCH_WORKER__WEB_PORT"]):
        assert started.poll() is None, started.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.2)
    started.send_signal(signal.SIGTERM)
    _, errors = started.communicate(timeout=20)
    assert started.returncode == 0, errors
    assert "Traceback" not in errors


def test_a_data_directory_that_cannot_be_made_is_one_line(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    environment["SELLERWATCH_WORKER__DATA_DIRECTORY"] = str(tmp_path / "file" / "data")
    _, errors = (started := start(environment)).communicate(timeout=40)
    assert started.returncode == 2
    assert len(errors.strip().splitlines()) == 1
    assert errors.startswith("sellerwatch: worker.data_directory: ")
