import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from real_parts import free_port


def doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "streams", "doctor", *arguments],
        capture_output=True, text=True, check=False, env=os.environ | environment,
    )  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> Path:
    record = {
        "time": "2026-01-01T08:00:00Z", "request_id": "5f2c", "seller_id": "A1EXAMPLE",
        "application_id": "app-\x1b[2J1", "credential_id": "key-7", "grant": "secret_key",
        "method": "GET", "path": "/orders/v0/orders", "query": {"BuyerEmail": "jane@example.com"},
        "status": 200, "records": 50,
    }  # fmt: skip
    path = tmp_path / "log.ndjson"
    path.write_text(json.dumps(record) + "\n")
    return path


def test_from_nothing_to_a_judgement_without_a_broker(log: Path) -> None:
    found = doctor("--offline", str(log))
    assert found.returncode == 1
    lines = found.stdout.splitlines()
    assert lines[0].split()[:2] == ["BROKEN", "settings"]
    assert lines[1].strip() == "> openssl rand -hex 32 > redaction.key"
    assert "1 raw secret keys read sensitive data" in found.stdout
    assert "1 readers of sensitive data are undeclared" in found.stdout
    assert lines[-1].startswith("1 broken, ")
    assert "jane" not in found.stdout
    assert "\x1b[2J" not in found.stdout


def test_what_is_only_worth_mending_exits_with_zero(log: Path) -> None:
    found = doctor("--offline", "--json", str(log), SELLERWATCH_SOURCES__REDACTION_KEY="ab" * 32)
    checks = [json.loads(line) for line in found.stdout.splitlines()]
    assert (found.returncode, found.stderr) == (0, "")
    assert {check["state"] for check in checks} == {"ok", "advice"}
    assert all(check["cures"] for check in checks if check["state"] == "advice")


def test_no_log_and_a_broken_log_are_faults(tmp_path: Path) -> None:
    key = {"SELLERWATCH_SOURCES__REDACTION_KEY": "ab" * 32}
    assert "no log was named" in doctor("--offline", **key).stdout
    bad = tmp_path / "bad.ndjson"
    bad.write_text("no json\n")
    found = doctor("--offline", str(bad), **key)
    assert found.returncode == 1
    assert "no event in" in found.stdout


def test_a_broker_and_a_worker_that_are_away_are_faults_with_their_cures(tmp_path: Path) -> None:
    config = tmp_path / "sellerwatch.yaml"
    ports = f"worker: {{web_port: {free_port()}, metrics_port: {free_port()}}}"
    config.write_text(f'kafka: {{brokers: ["127.0.0.1:1"], request_timeout_seconds: 1}}\n{ports}\n')
    found = doctor("--config", str(config))
    assert found.returncode == 1
    assert "> check kafka.brokers and that the broker runs" in found.stdout
    assert "> sellerwatch worker\n" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--offline", "/absent"], "/absent: no such file"),
        (["--prometheus", "file:///etc/passwd"], "name http://HOST:PORT"),
        (["--alertmanager", "x"], "name http://HOST:PORT"),
    ],
)
def test_a_wrong_argument_is_one_line_before_anything_is_judged(
    arguments: list[str], named: str
) -> None:
    found = doctor(*arguments)
    assert (found.returncode, found.stdout) == (2, "")
    assert named in found.stderr
    assert len(found.stderr.splitlines()) == 1
