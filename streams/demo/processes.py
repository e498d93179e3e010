"""Ends processes that sellerwatch has started."""

import os
import signal
import subprocess
from contextlib import suppress


def end_process(process: subprocess.Popen[bytes], grace_seconds: float) -> None:
    """Ask a process to end; kill it and its children if it does not in time.

    It must have been started with ``start_new_session=True``, so that its group is its own.
    """
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=grace_seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
