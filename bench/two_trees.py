"""Compares two trees of the code on the same events: what they find, and how fast.

Run ``python -m bench.two_trees OLD NEW``. Two processes on one core take the same events in turn,
one with each tree's code. After each turn, all incidents and snapshots have to be the same, byte
for byte; the first that differs ends the run with exit code 1. The ratio of their times is the
median over the turns, so that other work on the machine matters little.
"""

import argparse
import os
import statistics
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import msgspec

from bench.detection_stream import FAMILIES, world_stream
from bench.throughput_load import simulated_events
from models.domain.event_batch import encode_batch
from streams.settings.settings import Settings

_RUNNER: Final = Path(__file__).resolve().parent / "one_tree.py"
_CACHE: Final = _RUNNER.parent.parent / ".cache" / "trees"
_THROUGHPUT: Final = "throughput"
_TURN: Final = 4_000
# The first turns make tables and fill caches.
_WARM_TURNS: Final = 3


def main() -> None:
    """Compare the trees in each family and print one line for it."""
    options = _options()
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    differ = False
    for family in options.families:
        paths = _turns(family, options.seed)[: options.turns]
        differ = not _compare(family, paths, options.trees) or differ
    sys.exit(1 if differ else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", nargs=2, metavar="TREE", type=Path)
    parser.add_argument("--families", nargs="+", default=[_THROUGHPUT, *FAMILIES])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--turns", type=int, default=35, help="of 4,000 events each")
    parser.add_argument("--core", type=int)
    return parser.parse_args()


def _turns(family: str, seed: int) -> list[Path]:
    """Return the files of a family's events, one for each turn; they are kept for the next run."""
    folder = _CACHE / f"{family}-{seed}"
    if not folder.is_dir():
        is_load = family == _THROUGHPUT
        events = simulated_events(Settings()) if is_load else world_stream(family, seed).events
        unfinished = folder.with_suffix(".new")
        unfinished.mkdir(parents=True, exist_ok=True)
        for number, first in enumerate(range(0, len(events), _TURN)):
            value = encode_batch(events[first : first + _TURN])
            (unfinished / f"{number:04d}").write_bytes(value)
        unfinished.rename(folder)
    return sorted(folder.iterdir())


def _compare(family: str, paths: list[Path], trees: list[Path]) -> bool:
    """Run both trees over the turns; return whether they agree."""
    with ExitStack() as stack:
        old, new = (_Runner(stack, tree) for tree in trees)
        ratios, before, after, incidents = [], [], [], 0
        for number, path in enumerate(paths):
            # Who comes first has the cold caches.
            runs = [runner.run(path) for runner in ((old, new) if number % 2 else (new, old))]
            first, second = runs if number % 2 else runs[::-1]
            if first["found"] != second["found"]:
                print(f"{family}: differs in turn {number}: {_difference(first, second)}")
                return False
            incidents += first["incidents"]
            if number >= _WARM_TURNS:
                before.append(first["microseconds"])
                after.append(second["microseconds"])
                ratios.append(before[-1] / after[-1])
        ratio, *figures = (statistics.median(some) for some in (ratios, before, after))
        print(
            f"{family}: the same {incidents} changes of incidents and snapshots,"
            f" {figures[0]:.2f} us before, {figures[1]:.2f} us after, {ratio:.2f} times as fast",
            flush=True,
        )
    return True


def _difference(first: dict[str, Any], second: dict[str, Any]) -> str:
    one, other = first["found"], second["found"]
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    return f"{len(names)} differ, such as {names[0]!r}"


class _Runner:
    """A process with a tree's code."""

    def __init__(self, stack: ExitStack, tree: Path) -> None:
        self._process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, str(_RUNNER)],
                cwd=tree,
                env=os.environ | {"PYTHONPATH": str(tree.resolve()), "PYTHONHASHSEED": "0"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        )
        stack.callback(self._process.stdin.close)  # type: ignore[union-attr]

    def run(self, path: Path) -> dict[str, Any]:
        """Process the events of a file; return what was found and how long it took."""
        source, sink = self._process.stdin, self._process.stdout
        assert source is not None and sink is not None
        source.write(f"{path}\n".encode())
        source.flush()
        found: dict[str, Any] = msgspec.json.decode(sink.readline())
        return found


if __name__ == "__main__":
    main()
