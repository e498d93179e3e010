"""Runs `sellerwatch worker` in its own process."""

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from prometheus_client.parser import text_string_to_metric_families

from streams.demo.processes import end_process

_STOP_SECONDS = 8.0


class WorkerProcess:
    """A worker on the embedded broker; it stops when the block ends.

    Parameters
    ----------
    config_path
        Settings file of the worker.
    metrics_url
        Where the worker serves its metrics.
    log_path
        Where the worker's output goes.
    """

    def __init__(self, config_path: Path, metrics_url: str, log_path: Path) -> None:
        self._config_path = config_path
        self._log_path = log_path
        self._process: subprocess.Popen[bytes] | None = None
        self.metrics_url = metrics_url

    def __enter__(self) -> Self:
        """Start it."""
        command = [sys.executable, "-m", "streams", "worker", "--embedded-broker"]
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--config", str(self._config_path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    @property
    def is_running(self) -> bool:
        """Whether the process is still running."""
        return self._process is not None and self._process.poll() is None

    def metrics(self) -> dict[str, float]:
        """Return each metric summed over its labels; empty if the worker does not answer."""
        try:
            with urllib.request.urlopen(self.metrics_url, timeout=2) as answer:  # noqa: S310
                text = answer.read().decode()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return {}
        sums: dict[str, float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                sums[sample.name] = sums.get(sample.name, 0.0) + sample.value
        return sums

    def last_line(self) -> str:
        """Return the last line of the log, which says why a worker ended."""
        lines = self._log_path.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "the worker ended")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        if self._process is not None:
            end_process(self._process, _STOP_SECONDS)
