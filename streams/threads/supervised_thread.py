"""Work in a thread of its own that nobody else would miss."""

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
    """Does its work for as long as the worker runs, whatever happens to it.

    Work that fails is begun again after a pause. What `SellerwatchError` tells of, such as a
    cluster that is away, is expected and a line in the log; anything else is counted too.

    Parameters
    ----------
    thread_name
        How logs, metrics and readiness call it.
    count_failure
        Called each time that the work ends unexpectedly.
    pause_seconds
        How long after a failure it begins again.
    stop_seconds
        How long a stop waits for what is under way.
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
        """Let the work look at `ended` soon; one that looks often needs nothing."""

    @property
    def readiness(self) -> str:
        """`ready`, or in a word what it does instead."""
        return "ready" if self._is_at_work and self._thread.is_alive() else "not running"

    @property
    def is_ready(self) -> bool:
        """Whether it does what it is for."""
        return self.readiness == "ready"

    async def on_start(self) -> None:
        """Begin."""
        self._thread.start()

    async def on_stop(self) -> None:
        """End soon, and wait for it."""
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
            log.warning("%s begins again: %s", self.thread_name, error)
        except Exception:
            # The thread would end here, and nobody would hear of it.
            self._count_failure()
            log.exception("%s failed and begins again", self.thread_name)
        finally:
            self._is_at_work = False
