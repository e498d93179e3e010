import multiprocessing
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from streams.capture.file_log import FileLog


def test_a_line_is_appended_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    path.write_text("before\n")
    log = FileLog(path)
    log.write(b"one\n")
    log.write(b"two\n")
    assert path.read_text() == "before\none\ntwo\n"
    log.close()
    log.write(b"three\n")
    assert path.read_text().endswith("three\n")
    log.close()


def test_the_file_is_not_for_everybody(tmp_path: Path) -> None:
    log = FileLog(tmp_path / "calls.ndjson")
    log.write(b"x\n")
    log.close()
    assert not stat.S_IMODE((tmp_path / "calls.ndjson").stat().st_mode) & 0o007


@pytest.mark.parametrize("how", ["rename", "unlink"])
def test_a_file_that_is_rotated_is_made_anew(tmp_path: Path, how: str) -> None:
    path = tmp_path / "calls.ndjson"
    log = FileLog(path)
    log.write(b"one\n")
    if how == "rename":
        path.rename(tmp_path / "calls.1")
    else:
        path.unlink()
    log.write(b"two\n")
    assert path.read_text() == "two\n"
    log.close()


def test_a_folder_that_comes_later_is_enough(tmp_path: Path) -> None:
    log = FileLog(tmp_path / "later" / "calls.ndjson")
    with pytest.raises(OSError, match="No such file"):
        log.write(b"one\n")
    (tmp_path / "later").mkdir()
    log.write(b"two\n")
    assert (tmp_path / "later" / "calls.ndjson").read_text() == "two\n"
    log.close()


def _append(path: Path, word: str) -> None:
    log = FileLog(path)
    for number in range(300):
        log.write(f"{word} {number} {word * 200}\n".encode())
    log.close()


def test_processes_share_the_file_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_append, args=(path, word)) for word in ("one", "two")]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    lines = path.read_text().splitlines()
    assert len(lines) == 600
    assert all(line.split()[2] == line.split()[0] * 200 for line in lines)


def test_the_rest_of_a_broken_line_spoils_no_other(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk."""
    text = (
        "import resource, signal, sys\n"
        "from streams.capture.file_log import FileLog\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "log = FileLog(sys.argv[1])\n"
        "log.write(b'one\\n')\n"
        "_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))\n"
        "for _ in range(2):\n"
        "    try: log.write(b'a line that is longer\\n')\n"
        "    except OSError as error: print(error)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))\n"
        "log.write(b'two\\n')\n"
    )
    path = tmp_path / "calls.ndjson"
    done = subprocess.run(
        [sys.executable, "-c", text, str(path)], capture_output=True, text=True, check=True
    )
    assert "only 6 of 22 bytes were written" in done.stdout
    assert path.read_text() == "one\na line\ntwo\n"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 10
    assert os.path.getsize(path) == 15
