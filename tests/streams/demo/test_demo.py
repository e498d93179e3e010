import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

SMALL = ["demo", "--days", "8", "--principals", "12"]


def demo(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "streams", *SMALL, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def descendants(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def test_it_ends_by_itself_with_a_page_and_its_reasons() -> None:
    started = demo("--feed-seconds", "8", "--seed", "5")
    said, errors = started.communicate(timeout=150)
    assert started.returncode == 0, errors
    assert errors == ""
    page = said[said.index("PAGE ") :]
    assert "observed" in page
    assert "what to do: " in page
    assert "attacks paged;" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_every_process_that_it_started(number: signal.Signals) -> None:
    started = demo("--keep")
    assert started.stdout is not None
    assert "worker metrics" in started.stdout.readline()
    deadline = time.monotonic() + 30
    while len(descendants(started.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    children = descendants(started.pid)
    assert len(children) >= 2
    started.send_signal(number)
    _, errors = started.communicate(timeout=60)
    assert started.returncode == 130
    assert "Traceback" not in errors
    assert not [child for child in children if child.is_running()]


def test_a_worker_that_cannot_start_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELLERWATCH_WORKER__METRICS_HOST", "192.0.2.1")
    started = demo("--feed-seconds", "1")
    _, errors = started.communicate(timeout=150)
    assert started.returncode == 1
    lines = errors.strip().splitlines()
    assert len(lines) == 1
    assert "metrics_port" in lines[0]
