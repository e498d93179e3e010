"""Runs every command of the documentation, in its order, as a reader would type it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from real_parts import apache_kafka, free_port, has, missing, wait_for

ROOT = Path(__file__).resolve().parents[2]
DOCS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
# Run by another test or by the checks themselves; the file must be there.
ELSEWHERE = {
    r"make (setup|lint|test|test-integration)$": ".ci/run",
    r"make demo$": ".ci/run",
}
# What no test on one machine without an account can run, and why.
EXTERNAL: dict[str, str] = {}
FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(doc: Path) -> list[str]:
    blocks = FENCE.findall(doc.read_text(encoding="utf-8"))
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def elsewhere(command: str) -> bool:
    for pattern, place in ELSEWHERE.items():
        if re.match(pattern, command):
            assert (ROOT / place).is_file(), place
            return True
    return any(re.match(pattern, command) for pattern in EXTERNAL)


def run_here(doc: Path) -> list[str]:
    return [command for command in commands(doc) if not elsewhere(command)]


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    jars = ROOT / ".cache" / "kafka"
    if not has("java") or not jars.is_dir():
        missing("Apache Kafka", "install a JDK and Maven, then run 'make kafka'")
    with apache_kafka(jars, tmp_path_factory.mktemp("kafka")) as address:
        yield address


class Reader:
    """A reader's shell: a folder, an environment that lasts, and what runs in the background."""

    def __init__(self, folder: Path, kafka: str) -> None:
        self.folder, self.kafka = folder, kafka
        self.web_port = free_port()
        self.environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "SELLERWATCH_KAFKA__BROKERS": f'["{kafka}"]',
            "SELLERWATCH_WORKER__METRICS_PORT": str(free_port()),
            "SELLERWATCH_WORKER__WEB_PORT": str(self.web_port),
            "SELLERWATCH_WORKER__REBALANCE_TIMEOUT_SECONDS": "6",
        }
        self.background: list[subprocess.Popen] = []
        self.type("sellerwatch simulate --days 8 --principals 12 --seed 5 --out logs")

    def type(self, command: str) -> None:
        command = command.replace("broker-1:9092", self.kafka)
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            self.environment[name] = value.strip("'\"")
        elif command.startswith("sellerwatch worker"):
            self.serve(command)
        else:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", command],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"

    def serve(self, command: str) -> None:
        log = self.folder / "worker.log"
        with log.open("ab") as output:
            started = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.background.append(started)
        wait_for("the worker's start", lambda: self.is_ready() or started.poll() is not None)
        assert started.poll() is None, log.read_text()

    def is_ready(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.web_port}/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def leave(self) -> None:
        for started in self.background:
            started.send_signal(signal.SIGTERM)
        for started in self.background:
            assert started.wait(timeout=30) == 0


@pytest.mark.parametrize(
    "doc", [doc for doc in DOCS if run_here(doc)], ids=lambda doc: str(doc.relative_to(ROOT))
)
def test_every_command_works(doc: Path, kafka: str, tmp_path: Path) -> None:
    reader = Reader(tmp_path, kafka)
    try:
        for command in run_here(doc):
            reader.type(command)
    finally:
        reader.leave()


def test_no_command_hides_outside_of_a_shell_block() -> None:
    verbs = "demo|worker|ingest|detect|topics|config|simulate|classify|verdict|catalogue"
    program = re.compile(
        rf"^(?: {{4}})?\$? ?(sellerwatch ({verbs}) |make [a-z-]+$|(curl|docker|amtool|promtool) )"
    )
    for doc in DOCS:
        rest = FENCE.sub("", doc.read_text(encoding="utf-8"))
        hidden = [line for line in rest.splitlines() if program.match(line)]
        assert hidden == [], doc
