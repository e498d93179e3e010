"""Shows the demo while it runs: a live picture, or plain lines where there is no terminal."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live

from models.incidents.incident import Incident
from streams.demo.screen import live_view, page_text

_SECONDS_BETWEEN_LINES = 2.0


class LiveShow:
    """What is shown between the start and the summary.

    Parameters
    ----------
    console
        Where it shows.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=4) if console.is_terminal else None
        self._said = 0.0

    def update(self, line: str, incidents: dict[str, Incident]) -> None:
        """Show the figures and the incidents as they stand."""
        if self._live is not None:
            self._live.update(live_view(line, incidents))
        elif time.monotonic() - self._said > _SECONDS_BETWEEN_LINES:
            self._said = time.monotonic()
            self._print(line)

    def page(self, incident: Incident) -> None:
        """Show a page as it is raised; the live picture holds the newest anyhow."""
        if self._live is None:
            self._print(f"PAGE {page_text(incident)}")

    def _print(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)
        self._console.file.flush()

    def __enter__(self) -> Self:
        """Begin the live picture."""
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, so that what comes next is printed below."""
        if self._live is not None:
            self._live.stop()
