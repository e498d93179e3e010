"""Runs every command of the documentation in order, as a reader would type it."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from real_parts import free_port, wait_for
from shared_kafka import own_topics

pytestmark = pytest.mark.xdist_group("documentation")
ROOT = Path(__file__).resolve().parents[2]
DOCS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
# Other tests run these or compare them with their source; the file must exist.
ELSEWHERE = {
    r"make [a-z-]+$": "Makefile",
    r"(aws|docker) ": "tests/test_runbooks.py",
    r"curl -s http://127.0.0.1:6066/": "tests/integration/test_worker_operations.py",
    r"sellerwatch doctor .*--(prometheus|alertmanager)": "tests/integration/test_doctor.py",
    r"sellerwatch whois ": "tests/streams/commands/test_whois.py",
    r"sellerwatch verdict ": "tests/streams/commands/test_verdict.py",
    r"sellerwatch activity ": "tests/streams/commands/test_activity.py",
    r"sellerwatch planned ": "tests/streams/commands/test_planned.py",
    r"sellerwatch report ": "tests/streams/commands/test_report.py",
    r"sellerwatch evidence ": "tests/streams/commands/test_evidence.py",
    r"sellerwatch ingest .*(sqs|kafka):": "tests/integration/test_ingest_live.py",
    r"sellerwatch ingest .*notifications:": "tests/integration/test_notifications.py",
}
FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FINDING = {
    "type": "SensitiveData:S3Object/Personal",
    "resourcesAffected": {"s3Bucket": {"name": "exports", "tags": []}},
    "classificationDetails": {
        "result": {"sensitiveData": [{"category": "PERSONAL_INFORMATION", "detections": []}]}
    },
}


def commands(doc: Path) -> list[str]:
    blocks = FENCE.findall(doc.read_text(encoding="utf-8"))
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def elsewhere(command: str) -> bool:
    for pattern, place in ELSEWHERE.items():
        if re.match(pattern, command):
            assert (ROOT / place).is_file(), place
            return True
    return False


def run_here(doc: Path) -> list[str]:
    return [command for command in commands(doc) if not elsewhere(command)]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated") / "logs"
    options = ["--days", "8", "--principals", "12", "--seed", "5", "--traffic-scale", "0.2"]
    subprocess.run(
        [sys.executable, "-m", "streams", "simulate", *options, "--out", str(folder)], check=True
    )
    return folder


class Reader:
    """A reader's shell: a folder, a persistent environment, and background processes."""

    def __init__(self, doc: Path, folder: Path, kafka: str, logs: Path) -> None:
        self.folder, self.kafka = folder, kafka
        self.web_port = free_port()
        topics = own_topics()
        (folder / "own.key").write_text("ab" * 32)
        (folder / "findings.json").write_text(json.dumps(FINDING))
        self.environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "SELLERWATCH_KAFKA__BROKERS": f'["{kafka}"]',
            **{f"SELLERWATCH_TOPICS__{kind.upper()}": name for kind, name in topics.items()},
            "SELLERWATCH_WORKER__GROUP": topics["events"],
            "SELLERWATCH_SOURCES__REDACTION_KEY_FILE": "own.key",
            "SELLERWATCH_WORKER__METRICS_PORT": str(free_port()),
            "SELLERWATCH_WORKER__WEB_PORT": str(self.web_port),
            "SELLERWATCH_WORKER__REBALANCE_TIMEOUT_SECONDS": "6",
        }
        self.background: list[subprocess.Popen] = []
        shutil.copytree(logs, folder / "logs")
        self.type("sellerwatch topics create")
        self.write_logs(doc)
        planned = re.search(r"^```yaml\n(planned_changes:.*?)^```", doc.read_text(), re.M | re.S)
        if planned is not None:
            (folder / "changes.yaml").write_text(planned[1])

    def write_logs(self, doc: Path) -> None:
        text = doc.read_text(encoding="utf-8")
        examples = "".join(EXAMPLE.findall(text))
        for name in re.findall(r"^sellerwatch .*(/var/log/\S+)", text, re.MULTILINE):
            path = self.folder / name.lstrip("/")
            path = path / "log.ndjson" if name.endswith("/") else path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(examples)

    def type(self, command: str) -> None:
        command = command.replace("broker-1:9092", self.kafka)
        command = command.replace("/var/log/", f"{self.folder}/var/log/")
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            self.environment[name] = value.strip("'\"")
        elif command.startswith("sellerwatch worker"):
            self.background.append(self.start(command))
            wait_for("the worker's readiness", self.is_ready)
        elif "--follow" in command:
            # It runs until it is stopped, which it heeds once it has its positions.
            follower = self.start(command)
            wait_for("the follower's start", lambda: follower.poll() is not None or self.follows())
            self.stop(follower, after_seconds=6)
        else:
            self.run(command)

    def run(self, command: str) -> None:
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
        assert " 0 events" not in done.stdout or command.endswith(" -"), done.stdout

    def start(self, command: str) -> subprocess.Popen:
        with (self.folder / "background.log").open("ab") as output:
            return subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def stop(self, started: subprocess.Popen, after_seconds: float = 0.0) -> None:
        with suppress(subprocess.TimeoutExpired):
            started.wait(timeout=after_seconds)
        started.send_signal(signal.SIGTERM)
        said = (self.folder / "background.log").read_text()
        assert started.wait(timeout=30) == 0, said

    def is_ready(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.web_port}/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def follows(self) -> bool:
        """Whether somebody has the positions of followed files to itself."""
        path = self.folder / ".local" / "state" / "sellerwatch" / "positions.sqlite"
        if not path.exists():
            return False
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                return "locked" in str(error)
            return False

    def leave(self) -> None:
        for started in self.background:
            self.stop(started)


@pytest.mark.parametrize(
    "doc", [doc for doc in DOCS if run_here(doc)], ids=lambda doc: str(doc.relative_to(ROOT))
)
def test_every_command_works(doc: Path, kafka: str, logs: Path, tmp_path: Path) -> None:
    reader = Reader(doc, tmp_path, kafka, logs)
    try:
        for command in run_here(doc):
            reader.type(command)
    finally:
        reader.leave()


def test_no_command_hides_outside_of_a_shell_block() -> None:
    verbs = (
        "demo|doctor|worker|ingest|detect|topics|clocks|config|simulate|classify|verdict|catalogue"
        "|gateway|whois"
    )
    program = re.compile(
        rf"^(?: {{4}})?\$? ?(sellerwatch ({verbs}) |make [a-z-]+$|(curl|docker|amtool|promtool) )"
    )
    for doc in DOCS:
        rest = FENCE.sub("", doc.read_text(encoding="utf-8"))
        hidden = [line for line in rest.splitlines() if program.match(line)]
        assert hidden == [], doc
