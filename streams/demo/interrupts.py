"""Turns an interrupt into a question that is asked where it is safe."""

import signal
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Notes SIGINT and SIGTERM while its block runs; only in the main thread.

    An exception in the middle of a Kafka client's start leaves it waiting for ever
    (kafka-python 3.0), and one between the start of a process and the note of it leaves
    the process behind. So the signal is noted, and `check` raises.

    Examples
    --------
    >>> with Interrupts() as interrupts:
    ...     interrupts.check()
    """

    def __init__(self) -> None:
        self._came = False
        self._before: dict[signal.Signals, Any] = {}

    def check(self) -> None:
        """Go on, or end.

        Raises
        ------
        KeyboardInterrupt
            If a signal has come.
        """
        if self._came:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._came = True

    def __enter__(self) -> Self:
        """Begin to note."""
        self._before = {number: signal.signal(number, self._note) for number in _SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the signals as they were."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
