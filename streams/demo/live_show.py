"""Shows the demo while it runs: a live view in a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live

from models.incidents.incident import Incident
from streams.demo.screen import live_view, page_text

_SECONDS_BETWEEN_LINES = 2.0


class LiveShow:
    """The output between the start and the summary.

    Parameters
    ----------
    console
        Where it prints.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=4) if console.is_terminal else None
        self._said = 0.0

    def update(self, line: str, incidents: dict[str, Incident]) -> None:
        """Show the current figures and incidents."""
        if self._live is not None:
            self._live.update(live_view(line, incidents))
        elif time.monotonic() - self._said > _SECONDS_BETWEEN_LINES:
            self._said = time.monotonic()
            self._print(line)

    def page(self, incident: Incident) -> None:
        """Print a page when it is raised; the live view shows the newest page anyway."""
        if self._live is None:
            self._print(f"PAGE {page_text(incident)}")

    def _print(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)
        self._console.file.flush()

    def __enter__(self) -> Self:
        """Start the live view."""
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the live view, so later output appears below it."""
        if self._live is not None:
            self._live.stop()
