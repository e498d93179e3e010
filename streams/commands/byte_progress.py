"""The progress bar of `detect` and `ingest`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from streams.sources.files.read_events import total_bytes


@contextmanager
def byte_progress(paths: Sequence[str], verb: str) -> Iterator[Callable[[int], None]]:
    """Show how much has been read, on a terminal only."""
    console = Console(stderr=True)
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (TextColumn(verb), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(verb, total=total_bytes(paths) or None)
        yield lambda count: progress.advance(task, count)
