import asyncio
import logging
import threading
from collections.abc import Callable

import pytest

from models.errors import BrokerError
from streams.threads.supervised_thread import SupervisedThread


class Working(SupervisedThread):
    """Does what each attempt is told to do, then works until it is ended."""

    def __init__(self, *failures: Exception, pause_seconds: float = 0.01) -> None:
        self.failures, self.counted = list(failures), 0
        self.tried = threading.Semaphore(0)
        super().__init__("worker-bee", self.count, pause_seconds=pause_seconds, stop_seconds=1.0)

    def count(self) -> None:
        self.counted += 1

    def work(self) -> None:
        self.tried.release()
        if self.failures:
            raise self.failures.pop(0)
        self.ended.wait()


def run(thread: Working, attempts: int, look: Callable[[], None] = lambda: None) -> None:
    async def scene() -> None:
        await thread.start()
        for _ in range(attempts):
            assert await asyncio.to_thread(thread.tried.acquire, timeout=10)
        look()
        await thread.stop()

    asyncio.run(scene())


def test_work_is_ready_from_start_to_stop() -> None:
    thread, seen = Working(), []
    assert thread.readiness == "not running"
    run(thread, 1, lambda: seen.append((thread.readiness, thread.is_ready)))
    assert seen == [("ready", True)]
    assert thread.readiness == "not running"
    assert thread.counted == 0


def test_an_unexpected_end_is_logged_and_counted_and_work_begins_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    thread, seen = Working(ValueError("first"), KeyError("second")), []
    run(thread, 3, lambda: seen.append(thread.readiness))
    assert thread.counted == 2
    assert seen == ["ready"]
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage() for record in errors] == ["worker-bee failed and restarts"] * 2
    assert [record.exc_info[0] for record in errors if record.exc_info] == [ValueError, KeyError]


def test_what_is_expected_is_a_line_and_not_counted(caplog: pytest.LogCaptureFixture) -> None:
    thread = Working(BrokerError("Kafka at a:1: away"))
    run(thread, 2)
    assert thread.counted == 0
    assert "worker-bee restarts: Kafka at a:1: away" in caplog.messages


def test_between_two_tries_it_is_not_ready_and_a_stop_does_not_wait() -> None:
    thread, seen = Working(ValueError("first"), pause_seconds=600), []

    def look() -> None:
        thread.tried.acquire(timeout=0.2)
        seen.append(thread.readiness)

    run(thread, 1, look)
    assert seen == ["not running"]
    assert thread.readiness == "not running"
