import json
from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from models.errors import InputError
from models.incidents.incident import Incident, IncidentStatus
from streams.commands import detect


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)
    detect.register(app)
    return app


def line(number: int, **fields: object) -> str:
    record = {
        "time": f"2026-01-01T{number // 60 % 24:02}:{number % 60:02}:00Z",
        "request_id": f"r-{number}",
        "seller_id": "A1SELLER",
        "application_id": "app-payments",
        "credential_id": "key-1",
        "grant": "lwa",
        "method": "GET",
        "path": "/orders/v0/orders",
        "status": 200,
        "records": 20,
        "source_ip": "192.0.2.10",
    }
    return json.dumps(record | fields) + "\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    declared = tmp_path / "principals.yaml"
    declared.write_text(
        "principals:\n  app-payments: {kind: payment, allowed_data_classes: [payment]}\n"
    )
    path = tmp_path / "sellerwatch.yaml"
    path.write_text(f"principals_file: {declared}\n")
    return path


def test_each_incident_is_one_line_in_its_final_state(
    app: typer.Typer, tmp_path: Path, config: Path
) -> None:
    log, out = tmp_path / "log.ndjson", tmp_path / "incidents.ndjson"
    log.write_text("".join(line(n) for n in range(30)))
    done = CliRunner().invoke(
        app, ["detect", str(log), "--incidents", str(out), "--config", str(config)]
    )
    assert done.exit_code == 0, done.output
    assert done.output.startswith("30 events, 0 skipped, 0 dead letters: 1 incidents, 1 of them")
    found = [msgspec.json.decode(text, type=Incident) for text in out.read_bytes().splitlines()]
    assert [(i.principal, i.status, i.page) for i in found] == [
        ("app-payments", IncidentStatus.CLOSED, True)
    ]
    assert found[0].exposure.records == 600
    assert not (tmp_path / "incidents.ndjson.dead-letters").exists()


def test_files_are_merged_by_event_time(
    app: typer.Typer, tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without a key, each run hashes the requests' ids with one of its own.
    monkeypatch.setenv("SELLERWATCH_SOURCES__REDACTION_KEY", "0123456789abcdef" * 2)
    lines = [line(n) for n in range(60)]
    whole, split = tmp_path / "whole", tmp_path / "split"
    for folder in (whole, split):
        folder.mkdir()
    (whole / "log.ndjson").write_text("".join(lines))
    (split / "a.ndjson").write_text("".join(lines[1::2]))
    (split / "b.ndjson").write_text("".join(lines[0::2]))
    answers = []
    for folder in (whole, split):
        out = tmp_path / f"{folder.name}.out"
        arguments = ["detect", str(folder), "--incidents", str(out), "--config", str(config)]
        assert CliRunner().invoke(app, arguments).exit_code == 0
        answers.append(out.read_bytes())
    assert answers[0] == answers[1] != b""


def test_the_file_of_dead_letters_can_be_chosen(app: typer.Typer, tmp_path: Path) -> None:
    log, letters = tmp_path / "log.ndjson", tmp_path / "bad.ndjson"
    log.write_text(line(1) + "no json\n")
    out = tmp_path / "incidents.ndjson"
    done = CliRunner().invoke(
        app, ["detect", str(log), "--incidents", str(out), "--dead-letters", str(letters)]
    )
    assert done.exit_code == 0
    assert f"1 records could not be read: see {letters}" in done.output
    assert json.loads(letters.read_text())["position"] == "line 2"


def test_an_output_that_cannot_be_written_is_named(app: typer.Typer, tmp_path: Path) -> None:
    log = tmp_path / "log.ndjson"
    log.write_text(line(1))
    done = CliRunner().invoke(app, ["detect", str(log), "--incidents", str(tmp_path)])
    assert isinstance(done.exception, InputError)
    assert str(tmp_path) in str(done.exception)


def test_two_who_set_the_clock_ahead_silence_nobody_and_are_told_of(
    app: typer.Typer, tmp_path: Path, config: Path
) -> None:
    config.write_text(config.read_text() + "topics: {partitions: 1}\n")
    log, out = tmp_path / "log.ndjson", tmp_path / "incidents.ndjson"
    ahead = [
        line(n, time=f"2026-01-09T00:{2 * n:02}:00Z", application_id=f"forger-{n % 2}", records=0)
        for n in range(20)
    ]
    log.write_text("".join(ahead) + "".join(line(n + 100) for n in range(200)))
    done = CliRunner().invoke(
        app, ["detect", str(log), "--incidents", str(out), "--config", str(config)]
    )
    assert done.exit_code == 0, done.output
    assert "PAGE" in done.output
    told = "200 events are an hour or more older than an earlier line of their file, 0 came after"
    assert told in done.output
    assert "docs/runbooks/event_times.md" in done.output


def habit() -> list[str]:
    """Ten quiet days of an application, and a large read on the last evening."""
    quiet = [
        line(day * 1440 + hour * 60, time=f"2026-01-{1 + day:02}T{hour:02}:00:00Z")
        for day in range(10)
        for hour in range(24)
    ]
    burst = [
        line(90_000 + n, time=f"2026-01-11T13:{n % 60:02}:00Z", records=900) for n in range(40)
    ]
    return quiet + burst


def test_a_planned_change_of_a_file_pages_nobody(app: typer.Typer, tmp_path: Path) -> None:
    log, out, changes = tmp_path / "log", tmp_path / "out", tmp_path / "changes.yaml"
    log.write_text("".join(habit()))
    entry = (
        "- {tenant: A1SELLER, principal: app-payments, why: backfill, reference: 4711, "
        "from: 2026-01-11T12:00, until: 2026-01-11T18:00, records: %s}\n"
    )
    later = entry.replace("4711", "4712").replace("01-11", "01-12") % 9
    strange = entry.replace("app-payments", "nobody") % 9

    def run() -> tuple[str, list[Incident]]:
        done = CliRunner().invoke(
            app, ["detect", str(log), "--incidents", str(out), "--changes", str(changes)]
        )
        assert done.exit_code == 0, done.output
        text = out.read_bytes().splitlines()
        return done.output, [msgspec.json.decode(one, type=Incident) for one in text]

    changes.write_text("planned_changes:\n" + entry % 50_000 + later + strange)
    told, found = run()
    assert [(i.page, i.planned is not None and i.planned.reference) for i in found] == [
        (False, "4711")
    ]
    assert "planned change 4712 begins after the newest event\n" in told
    assert "planned change 4711 was not applied: not a planned change: no such princ" in told
    changes.write_text("planned_changes:\n" + entry % 30_000)
    assert {i.page for i in run()[1] if i.planned is not None} == {False, True}


def test_a_wrong_file_of_changes_is_told_before_anything_is_read(
    app: typer.Typer, tmp_path: Path
) -> None:
    log, out = tmp_path / "log", tmp_path / "out"
    log.write_text(line(1))
    done = CliRunner().invoke(
        app, ["detect", str(log), "--incidents", str(out), "--changes", str(tmp_path / "none")]
    )
    assert "none: No such file" in str(done.exception)
    assert not out.exists()
