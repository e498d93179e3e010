"""Stops processes that sellerwatch started."""

import os
import signal
import subprocess
from contextlib import suppress


def end_process(process: subprocess.Popen[bytes], grace_seconds: float) -> None:
    """Terminate a process; kill it and its children if it outlives the grace period.

    The process must have been started with ``start_new_session=True``, in a group of its own.
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
