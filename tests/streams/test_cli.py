import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from models.incidents.incident import Incident
from streams.cli import build_cli


def sellerwatch(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "streams", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def test_version() -> None:
    assert sellerwatch("--version").stdout == "sellerwatch 0.1.0\n"


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "worker",
        "ingest",
        "detect",
        "classify",
        "simulate",
        "topics create",
        "config check",
        "catalogue import-macie",
    ],
)
def test_every_command_has_help_with_an_example(command: str) -> None:
    done = CliRunner().invoke(build_cli(), [*command.split(), "--help"])
    assert done.exit_code == 0
    assert "Example:" in done.output


def wrong_file(folder: Path) -> str:
    path = folder / "wrong.yaml"
    path.write_text("topics: {partitions: none}\n")
    return str(path)


@pytest.mark.parametrize(
    "arguments",
    [
        "activity i-1 taken",
        "verdict i-1 benign",
        "evidence make i-1 --out {tmp}/evidence.zip",
        "planned erp --tenant A1 --until 23:59 --records 10 --change 1 --why backfill",
        "clocks show",
        "clocks reset 0",
        "topics create",
        "topics check",
        "topics repartition --partitions 8",
        "report --from 2026-01-01 --to 2026-01-31 --out {tmp}/exposure.pdf",
        "ingest {tmp}/empty.ndjson",
        "worker",
    ],
)
def test_a_broker_that_is_not_there_is_one_line_for_every_command(
    tmp_path: Path, arguments: str
) -> None:
    (tmp_path / "empty.ndjson").touch()
    (tmp_path / "key").write_text("ab" * 32)
    settings = tmp_path / "settings.yaml"
    settings.write_text(
        "kafka: {brokers: ['127.0.0.1:9'], connect_timeout_seconds: 0.5}\n"
        f"sources: {{redaction_key_file: {tmp_path}/key}}\n"
        f"worker: {{data_directory: {tmp_path}/data}}\n"
    )
    done = sellerwatch(*arguments.format(tmp=tmp_path).split(), "--config", str(settings))
    assert done.returncode == 1, done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert "Kafka at 127.0.0.1:9: nobody answers" in line
    assert "check kafka.brokers" in line


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["nope"], 2, "nope"),
        (["detect", "/absent", "--incidents", "{tmp}/o"], 2, "/absent"),
        (["detect", "-", "--incidents", "{tmp}/none/o"], 2, "none/o"),
        (["detect", "-", "--incidents", "{tmp}/o", "--format", "xml"], 2, "xml"),
        (["config", "check", "--config", "{wrong}"], 2, "topics.partitions"),
        (["config", "show", "--config", "/absent.yaml"], 2, "/absent.yaml"),
        (["ingest", "-"], 2, "redaction_key_file"),
        (["topics", "check", "--config", "{unreachable}"], 1, "127.0.0.1:9"),
    ],
)
def test_an_error_is_one_line_that_names_it(
    tmp_path: Path, arguments: list[str], code: int, named: str
) -> None:
    unreachable = tmp_path / "unreachable.yaml"
    unreachable.write_text("kafka: {brokers: ['127.0.0.1:9'], connect_timeout_seconds: 1}\n")
    places = {"tmp": tmp_path, "wrong": wrong_file(tmp_path), "unreachable": unreachable}
    done = sellerwatch(*[argument.format(**places) for argument in arguments])
    assert done.returncode == code
    lines = done.stderr.strip().split("\n")
    assert len(lines) == 1
    assert lines[0].startswith("sellerwatch: ")
    assert named in lines[0]


def test_config_show_can_be_read_back_and_masks_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELLERWATCH_SOURCES__REDACTION_KEY", "ab" * 32)
    shown = sellerwatch("config", "show").stdout
    assert "abab" not in shown
    assert "partitions: 4" in shown


def test_bad_records_become_dead_letters_and_nothing_else_stops(tmp_path: Path) -> None:
    good = {
        "time": "2026-01-01T00:00:00Z",
        "request_id": "r-1",
        "seller_id": "A1",
        "application_id": "app-1",
        "method": "GET",
        "path": "/orders/v0/orders",
        "status": 200,
    }
    lines = [
        json.dumps(good),
        "no json jane@example.com",
        json.dumps(good | {"request_id": "r-2", "time": None}),
        json.dumps(good | {"request_id": "r-3", "application_id": None}),
        json.dumps(good | {"request_id": "r-4", "path": ["x"]}),
        json.dumps(good | {"request_id": "r-5", "pad": "x" * 5_000_000}),
    ]
    out = tmp_path / "incidents.ndjson"
    done = sellerwatch("detect", "-", "--incidents", str(out), stdin="\n".join(lines) + "\n")
    assert done.returncode == 0, done.stderr
    assert "1 events, 0 skipped, 5 dead letters" in done.stdout
    text = (tmp_path / "incidents.ndjson.dead-letters").read_text()
    letters = [json.loads(line) for line in text.splitlines()]
    assert [letter["position"] for letter in letters] == [f"line {n}" for n in (2, 3, 4, 5, 6)]
    assert all(letter["reason"] for letter in letters)
    assert "jane" not in text


def test_the_role_that_read_the_bucket_is_named(shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "incidents.ndjson"
    log = shared_data / "otrf_cloud_breach_s3" / "events.ndjson.gz"
    done = sellerwatch("detect", str(log), "--incidents", str(out))
    assert done.returncode == 0, done.stderr
    incidents = [msgspec.json.decode(line, type=Incident) for line in out.read_bytes().splitlines()]
    assert [i.principal.rpartition("/")[2] for i in incidents] == [
        "MordorNginxStack-BankingWAFRole-9S3E0UAE1MM0"
    ]
