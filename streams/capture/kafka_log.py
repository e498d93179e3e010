"""Sends lines to a raw Kafka topic, behind the back of the program that is captured."""

import os
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from kafka.errors import KafkaError

from models.errors import SellerwatchError
from streams.kafka.clients import make_producer
from streams.settings.settings import load_settings

_WAITING: Final = 10_000
_RETRY_SECONDS: Final = 10.0
_CLOSE_SECONDS: Final = 5.0


class KafkaLog:
    """A raw topic of the captured calls, for ``sellerwatch ingest kafka:TOPIC``.

    A thread of its own sends; a call never waits for a broker. Up to 10,000 lines wait for one
    that is away, and those beyond are counted as lost.

    Parameters
    ----------
    topic
        The raw topic; it must exist.
    config
        The settings file that says how the cluster is reached; None as for `sellerwatch`.
    """

    def __init__(self, topic: str, config: Path | None = None) -> None:
        self._topic = topic
        self._kafka = load_settings(config).kafka
        self._thread: threading.Thread | None = None
        self._waiting: deque[bytes] = deque()
        self._lost = 0
        self._reset()

    def write(self, line: bytes) -> int:
        """Let a line wait for its turn; return how many were lost since the line before."""
        if self._process != os.getpid():
            # A process that was forked has the lines of its parent, but not the thread.
            self._reset()
        with self._wake:
            lost, self._lost = self._lost, 0
            if len(self._waiting) >= _WAITING:
                self._waiting.popleft()
                lost += 1
            self._waiting.append(line.removesuffix(b"\n"))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
                self._thread.start()
            self._wake.notify()
        return lost

    def close(self) -> int:
        """Send what waits, for at most five seconds; return how many lines were lost."""
        with self._wake:
            thread, self._stopping = self._thread, True
            self._wake.notify()
        if thread is not None and self._process == os.getpid():
            thread.join(_CLOSE_SECONDS)
        with self._wake:
            return self._lost + len(self._waiting)

    def _reset(self) -> None:
        self._process = os.getpid()
        self._wake = threading.Condition()
        self._waiting, self._thread = deque(), None
        self._stopping, self._lost = False, 0

    def _run(self) -> None:
        producer, has_tried = None, False
        while True:
            with self._wake:
                while not self._waiting and not self._stopping:
                    self._wake.wait()
                lines = list(self._waiting)
                if self._stopping and (not lines or (producer is None and has_tried)):
                    break
            if producer is None:
                producer, has_tried = self._connected(), True
            elif lines:
                self._send(producer, lines)
        if producer is not None:
            producer.close(timeout=_CLOSE_SECONDS)

    def _connected(self) -> Any:  # noqa: ANN401 - kafka-python has no types
        try:
            return make_producer(self._kafka)
        except SellerwatchError:
            with self._wake:
                self._wake.wait_for(lambda: self._stopping, _RETRY_SECONDS)
            return None

    def _send(self, producer: Any, lines: list[bytes]) -> None:  # noqa: ANN401
        for line in lines:
            try:
                producer.send(self._topic, value=line).add_errback(self._was_lost)
            except KafkaError:
                self._was_lost(None)
            with self._wake, suppress(IndexError):
                self._waiting.popleft()

    def _was_lost(self, _: object) -> None:
        with self._wake:
            self._lost += 1
