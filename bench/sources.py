"""Speed and memory of the sources, against `json.loads` alone in the same run.

    make bench-sources
    python bench/sources.py --memory-lines 10000000

Records come from the simulator. Each figure is the median of several rounds in which the
candidates take turns. Times are CPU seconds of one process, so other work on the machine matters
little. The pipeline is the path of a line before packing: parse, validate, classify, redact. The
memory test uses the whole reader: file, merge, order, duplicates.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.simulation import Simulation, SimulationSettings
from streams.sources.files.read_events import read_events
from streams.sources.flow.tally import Tally
from streams.sources.formats.event_parser import EventParser

TARGETS = {"seller-api": 40_000, "cloudtrail": 25_000}
ROUNDS = 7


def simulated_lines(count: int) -> dict[str, list[bytes]]:
    """Return lines of both logs."""
    lines: dict[str, list[bytes]] = {"seller-api": [], "cloudtrail": []}
    settings = SimulationSettings(days=14, principals=40, seed=7, warm_up_days=7)
    for simulated in Simulation(settings).records():
        found = lines[simulated.source]
        if len(found) < count:
            found.append(json.dumps(simulated.record, separators=(",", ":")).encode())
        elif all(len(entry) == count for entry in lines.values()):
            break
    return lines


def cpu_seconds(work: Callable[[], object]) -> float:
    """Measure the CPU time that one call takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def measure(name: str, lines: list[bytes], parser: EventParser) -> dict[str, float]:
    """Return lines per second of each candidate, the median of the rounds."""
    candidates: dict[str, Callable[[], object]] = {
        "json.loads": lambda: [json.loads(line) for line in lines],
        "msgspec.json.decode": lambda: [msgspec.json.decode(line) for line in lines],
        "pipeline": lambda: [parser.parse(line, source=name, position="line 1") for line in lines],
    }
    times: dict[str, list[float]] = {candidate: [] for candidate in candidates}
    for _ in range(ROUNDS):
        for candidate, work in candidates.items():
            times[candidate].append(cpu_seconds(work))
    return {name: len(lines) / statistics.median(found) for name, found in times.items()}


def print_speed(count: int) -> bool:
    """Print the table of speeds; return whether every target is met."""
    parser = make_parser(Settings(), "auto", b"k" * 32)
    print("| log | bytes a line | json.loads | msgspec | pipeline | of json.loads | target |")
    print("|---|---|---|---|---|---|---|")
    is_met = True
    for name, lines in simulated_lines(count).items():
        found = measure(name, lines, parser)
        size = sum(map(len, lines)) / len(lines)
        share = found["pipeline"] / found["json.loads"]
        is_met = is_met and found["pipeline"] >= TARGETS[name]
        print(
            f"| {name} | {size:.0f} | {found['json.loads']:,.0f}/s "
            f"| {found['msgspec.json.decode']:,.0f}/s | {found['pipeline']:,.0f}/s "
            f"| {share:.0%} | {TARGETS[name]:,}/s |"
        )
    return is_met


def write_lines(path: str, count: int) -> None:
    """Write seller API lines with new ids and advancing times into a pipe."""
    lines = simulated_lines(5_000)["seller-api"]
    with Path(path).open("wb", buffering=1 << 20) as pipe:
        for number in range(count):
            record = lines[number % len(lines)]
            start = record.index(b'"seller_id"')
            head = b'{"time":%d,"request_id":"r-%d",' % (1_767_225_600 + number // 20, number)
            pipe.write(head + record[start:] + b"\n")


def resident_mebibytes() -> float:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def print_memory(count: int) -> None:
    """Read many lines through the whole reader and print the memory use."""
    with tempfile.TemporaryDirectory() as folder:
        pipe = os.path.join(folder, "pipe.ndjson")
        os.mkfifo(pipe)
        command = [sys.executable, __file__, "--write", pipe, "--memory-lines", str(count)]
        with subprocess.Popen(command) as writer:
            items = read_events([pipe], make_parser(Settings(), "auto", b"k" * 32))
            for seen, mebibytes in memory_curve(items, count):
                print(f"{seen:>12,} lines {mebibytes:8.1f} MiB", flush=True)
            writer.wait()


def memory_curve(items: Iterator[object], count: int) -> Iterator[tuple[int, float]]:
    """Yield the line count and the memory twenty times."""
    tally, step = Tally(), max(1, count // 20)
    for item in items:
        tally.count(item)  # type: ignore[arg-type]
        if tally.total % step == 0:
            yield tally.total, resident_mebibytes()
    print(tally)


def main() -> int:
    """Run the benchmark; exit code 1 if a target is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=20_000, help="lines of each log")
    options.add_argument("--memory-lines", type=int, default=300_000)
    options.add_argument("--write", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.write:
        write_lines(chosen.write, chosen.memory_lines)
        return 0
    is_met = print_speed(chosen.lines)
    print_memory(chosen.memory_lines)
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
