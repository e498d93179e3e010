import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest

SMALL = ["demo", "--days", "8", "--principals", "12"]


@contextmanager
def demo(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    started = subprocess.Popen(
        [sys.executable, "-u", "-m", "streams", *SMALL, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield started
    finally:
        if started.poll() is None:
            for child in [*descendants(started.pid), psutil.Process(started.pid)]:
                child.kill()
            started.communicate()


def descendants(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def servers(pid: int) -> list[psutil.Process]:
    """The broker and the worker, without the short-lived processes of loading libraries."""
    found = []
    for child in descendants(pid):
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if {"broker", "worker"} & set(child.cmdline()):
                found.append(child)
    return found


def test_it_ends_by_itself_with_a_page_and_its_reasons() -> None:
    with demo("--feed-seconds", "8", "--seed", "5") as started:
        said, errors = started.communicate(timeout=150)
    assert started.returncode == 0, errors
    assert errors == ""
    page = said[said.index("PAGE ") :]
    assert "observed" in page
    assert "what to do: " in page
    assert "attacks paged;" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("processes", [1, 2])
def test_an_interrupt_ends_every_process_that_it_started(
    number: signal.Signals, processes: int
) -> None:
    with demo("--keep") as started:
        deadline = time.monotonic() + 60
        while len(children := servers(started.pid)) < processes:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        started.send_signal(number)
        _, errors = started.communicate(timeout=60)
    assert started.returncode == 130
    assert "Traceback" not in errors
    assert not [child for child in children if child.is_running()]


def test_a_worker_that_cannot_start_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELLERWATCH_WORKER__METRICS_HOST", "192.0.2.1")
    with demo("--feed-seconds", "1") as started:
        _, errors = started.communicate(timeout=150)
    assert started.returncode == 1
    lines = errors.strip().splitlines()
    assert len(lines) == 1
    assert "metrics_port" in lines[0]
