"""A thread whose failures are reported and retried."""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any, Final

from mode import Service

from models.errors import SellerwatchError

log = logging.getLogger("sellerwatch")
_PAUSE_SECONDS: Final = 2.0


class SupervisedThread(Service):
    """Does its work as long as the worker runs, and restarts it after a failure.

    Failed work starts again after a pause. A `SellerwatchError`, such as for a cluster that is
    away, is expected and logged in one line; any other error is also counted.

    Parameters
    ----------
    thread_name
        Its name in logs, metrics and readiness.
    count_failure
        Called each time the work fails unexpectedly.
    pause_seconds
        Pause after a failure.
    stop_seconds
        How long a stop waits for the work to end.
    """

    def __init__(
        self,
        thread_name: str,
        count_failure: Callable[[], None],
        *,
        pause_seconds: float = _PAUSE_SECONDS,
        stop_seconds: float = 2.0,
        **options: Any,
    ) -> None:
        self.thread_name = thread_name
        self.ended = threading.Event()
        self._count_failure = count_failure
        self._pause_seconds, self._stop_seconds = pause_seconds, stop_seconds
        self._is_at_work = False
        self._thread = threading.Thread(target=self._run, name=thread_name, daemon=True)
        super().__init__(**options)

    def work(self) -> None:
        """Do the work until `ended` is set."""
        raise NotImplementedError

    def wake(self) -> None:
        """Make the work check `ended` soon; work that checks often needs nothing."""

    @property
    def readiness(self) -> str:
        """`ready`, or in a word what it is doing."""
        return "ready" if self._is_at_work and self._thread.is_alive() else "not running"

    @property
    def is_ready(self) -> bool:
        """Whether it is ready."""
        return self.readiness == "ready"

    async def on_start(self) -> None:
        """Start the thread."""
        self._thread.start()

    async def on_stop(self) -> None:
        """Stop the work, and wait for it."""
        self.ended.set()
        self.wake()
        await asyncio.to_thread(self._thread.join, self._stop_seconds)

    def _run(self) -> None:
        while not self.ended.is_set():
            self._try()
            self.ended.wait(self._pause_seconds)

    def _try(self) -> None:
        try:
            self._is_at_work = True
            self.work()
        except SellerwatchError as error:
            log.warning("%s restarts: %s", self.thread_name, error)
        except Exception:
            # The thread would otherwise end here without a trace.
            self._count_failure()
            log.exception("%s failed and restarts", self.thread_name)
        finally:
            self._is_at_work = False
