"""A small run of the fuzzer: nothing escapes, and the sums hold."""

import subprocess
import sys
from pathlib import Path


def test_mutated_records_all_become_something(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "bench/sources_fuzz.py", "--records", "4000", "--seed", "7"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4,000 records with seed 7")
