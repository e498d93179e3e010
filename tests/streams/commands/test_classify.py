import json
import os
import pty
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from models.domain.operation import Operation
from streams.catalogue.classification import Classification
from streams.commands.classify import table_of


def classify(*calls: str, stdin: str | bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "streams", "classify", *calls],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        check=False,
    )


def test_standard_input_gives_an_object_a_call() -> None:
    record = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}
    lines = ["GET /orders/v0/orders", json.dumps(record), "GET /nothing/here"]
    done = classify(stdin="\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert answers[0] == {
        "operation": "getOrders",
        "service": "orders",
        "data_classes": ["customer"],
        "restricted": True,
        "max_records": 100,
    }
    assert [one["operation"] for one in answers] == ["getOrders", "ListBuckets", None]
    assert answers[2]["suggestion"]


def test_a_bad_line_is_named_and_the_others_are_answered() -> None:
    done = classify(stdin=b"GET /sales/v1/orderMetrics\nhello \xff\nGET /orders/v0/orders\n")
    assert len(done.stdout.splitlines()) == 2
    assert done.returncode == 1
    assert done.stderr.decode().startswith("sellerwatch: standard input line 2: expected 'METHOD")
    assert len(done.stderr.splitlines()) == 1


def test_arguments_and_the_users_own_resources(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("resources: {lake: {data_classes: [supplier]}}")
    config = tmp_path / "config.yaml"
    config.write_text(f"catalogue: {{resource_files: [{tmp_path / 'mine.yaml'}]}}")
    done = classify("s3:GetObject lake", "--config", str(config))
    assert json.loads(done.stdout)["data_classes"] == ["supplier"]


def test_a_terminal_without_a_call_is_told_what_to_give() -> None:
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "streams", "classify"],
            stdin=theirs, capture_output=True, check=False,
        )  # fmt: skip
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 2
    assert b"no call: name one" in done.stderr


def test_a_terminal_shows_a_table() -> None:
    known = Classification.of(Operation(name="getOrders", service="orders", max_records=1000))
    rows = [("GET /[bold]", known), ("GET /x", Classification.unknown("no route matches"))]
    console = Console(record=True, width=120, file=open(os.devnull, "w"))  # noqa: SIM115
    console.print(table_of(rows))
    console.file.close()
    text = console.export_text()
    assert "Data classes" in text
    assert "GET /[bold]" in text
    assert "1,000" in text
    assert "unknown" in text
