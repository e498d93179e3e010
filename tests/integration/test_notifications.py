"""A report that nobody asked for is announced in the seller's queue, and becomes a page."""

import json
import signal
from pathlib import Path

import pytest
import yaml
from aws_account import aws_account
from real_parts import free_port, process, wait_for
from seller_notices import RESTRICTED, report
from shared_kafka import own_topics
from test_page_arrives import incidents, ingest, line, read_topic, run, sellerwatch, write_settings

from models.domain.seller_notice import NOTICE_PRINCIPAL
from models.incidents.incident import Incident
from streams.kafka.topics import checkpoint_topic
from streams.settings.settings import load_settings

REPORTS = {"path": "/reports/2021-06-30/reports", "method": "POST", "report_type": RESTRICTED}
UNASKED = "59999"


def notice(day: int, hour: int, report_id: str) -> dict:
    made = report(sellerId="A1SELLER", reportId=report_id)
    made["eventTime"] = f"2026-01-{1 + day:02}T{hour:02}:30:00Z"
    made["notificationMetadata"] = {"notificationId": f"n-{report_id}"}
    return made


def quiet(hours: range) -> str:
    return "".join(
        line(hour, n, application_id=name)
        for hour in hours
        for n, name in enumerate(("app-payments", "erp"))
    )


def request(day: int) -> str:
    """The ERP asks for its report of the morning."""
    return line(24 * day + 9, 7, application_id="erp", record_ids=[f"5000{day}"], **REPORTS)


def in_order(lines: str) -> str:
    return "".join(sorted(lines.splitlines(keepends=True), key=lambda one: json.loads(one)["time"]))


def notices() -> list[dict]:
    """A notice of each report, and one of a report that no line of the log asks for."""
    return [*(notice(day, 9, f"5000{day}") for day in range(4)), notice(3, 9, UNASKED)]


def told(found: list[Incident]) -> set[tuple[str, bool, str]]:
    unasked = [one for one in found if one.principal == NOTICE_PRINCIPAL]
    return {(one.kinds[0].value, one.page, one.reasons[0].text) for one in unasked}


def test_a_report_that_nobody_asked_for_pages_whatever_dies(
    kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_settings(tmp_path, kafka, free_port(), own_topics())
    values = yaml.safe_load(config.read_text())
    values["topics"]["partitions"] = 1
    values["checkpoints"] = {"interval_seconds": 1.0}
    config.write_text(yaml.safe_dump(values))
    run("topics", "create", "--config", str(config))
    checkpoints = checkpoint_topic(load_settings(config))
    command = sellerwatch("worker", "--config", str(config))
    with aws_account(monkeypatch) as account, process(command, tmp_path / "first.log") as first:
        early = in_order(quiet(range(24 * 3 + 10)) + "".join(map(request, range(3))))
        ingest(config, tmp_path / "early.ndjson", early)
        for one in [*notices(), notices()[0]]:
            account.send(one)
        said = run("ingest", f"notifications:{account.url}", "--config", str(config))
        assert said.startswith("5 events")
        assert "0 dead letters" in said
        assert account.waiting() == 0
        wait_for("a checkpoint", lambda: len(read_topic(config, checkpoints)) > 0)
        first.send_signal(signal.SIGKILL)
    with process(command, tmp_path / "second.log"):
        # The log tells after the notice, and after the worker's death, who asked.
        late = in_order(request(3) + quiet(range(24 * 3 + 10, 24 * 3 + 16)))
        ingest(config, tmp_path / "late.ndjson", late)
        wait_for("the page", lambda: bool(told(incidents(config))), seconds=90)
    ((kind, page, text),) = told(incidents(config))
    assert (kind, page) == ("new_principal", True)
    assert f"{RESTRICTED} made, finished at 2026-01-04 09:30 UTC" in text
    assert UNASKED not in text
    (tmp_path / "notices.ndjson").write_text("".join(json.dumps(n) + "\n" for n in notices()))
    names = ("early.ndjson", "late.ndjson", "notices.ndjson")
    paths = [str(tmp_path / name) for name in names]
    out = tmp_path / "incidents.ndjson"
    run("detect", *paths, "--incidents", str(out), "--config", str(config))
    assert "finished at 2026-01-04 09:30 UTC" in out.read_text()
    assert out.read_text().count(NOTICE_PRINCIPAL + " has had") == 1
