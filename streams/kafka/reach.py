"""Finds out whether anybody listens at the brokers' addresses, before a client asks for long."""

import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from models.errors import BrokerError

_ATTEMPT_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 0.25
_DEFAULT_PORT: Final = 9092


def await_a_broker(
    brokers: Sequence[str],
    patience_seconds: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Return as soon as one of the brokers takes a connection.

    A client of kafka-python asks a broker that refuses it again and again, and each client of a
    command does so anew. This asks once for all of them, and says what the operating system said.

    Parameters
    ----------
    brokers
        Host and port of each.
    patience_seconds
        How long a broker may take to come up.
    clock, pause
        Tell and spend seconds.

    Raises
    ------
    BrokerError
        If nobody has answered by then.

    Examples
    --------
    >>> with socket.create_server(("127.0.0.1", 0)) as broker:
    ...     await_a_broker([f"127.0.0.1:{broker.getsockname()[1]}"], patience_seconds=1.0)
    """
    deadline = clock() + patience_seconds
    while True:
        for broker in brokers:
            left = deadline - clock()
            if (said := _refusal(broker, min(_ATTEMPT_SECONDS, max(left, 0.1)))) is None:
                return
        if clock() + _PAUSE_SECONDS >= deadline:
            message = (
                f"Kafka at {','.join(brokers)}: nobody answers ({said}): "
                "check kafka.brokers and that the broker runs"
            )
            raise BrokerError(message)
        pause(_PAUSE_SECONDS)


def _refusal(broker: str, seconds: float) -> str | None:
    """Return what the operating system said; None if somebody listens there."""
    place = urlsplit(f"//{broker}")
    try:
        answer = socket.create_connection(
            (place.hostname or "", place.port or _DEFAULT_PORT), timeout=seconds
        )
    except OSError as error:
        return error.strerror or str(error) or type(error).__name__
    with suppress(OSError):
        answer.close()
    return None
