import subprocess
import sys

from streams.demo.processes import end_process


def start(code: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    process.stdout.close()
    return process


def test_a_process_that_listens_ends_by_itself() -> None:
    process = start("import time; print('up', flush=True); time.sleep(60)")
    end_process(process, 10.0)
    assert process.returncode == -15


def test_a_process_that_does_not_listen_is_killed() -> None:
    process = start(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('up', flush=True); time.sleep(60)"
    )
    end_process(process, 0.2)
    assert process.returncode == -9


def test_one_that_has_ended_is_left_alone() -> None:
    process = start("print('up', flush=True)")
    process.wait()
    end_process(process, 0.1)
    assert process.returncode == 0
