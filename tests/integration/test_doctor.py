"""The doctor judges a setup of real parts, healthy and with each fault in turn."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from alerting import Receivers, Servers, alerting_servers, alertmanager, write_alertmanager
from real_parts import free_port, has, missing, wait_for
from shared_kafka import own_topics
from test_page_arrives import ingest, line, running, write_settings

from streams.doctor.http_server import HttpServer
from streams.kafka.clients import make_admin
from streams.kafka.topics import create_topics
from streams.settings.settings import load_settings


@dataclass
class Judged:
    code: int
    checks: list[dict]
    errors: str

    def told(self, area: str, state: str) -> str:
        return "\n".join(
            check["told"]
            for check in self.checks
            if (check["area"], check["state"]) == (area, state)
        )

    def cures(self, area: str, state: str) -> list[str]:
        found = [c for c in self.checks if (c["area"], c["state"]) == (area, state)]
        return [cure for check in found for cure in check["cures"]]


def doctor(*arguments: str) -> Judged:
    done = subprocess.run(
        [sys.executable, "-m", "streams", "doctor", "--json", *arguments],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    return Judged(
        done.returncode, [json.loads(one) for one in done.stdout.splitlines()], done.stderr
    )


def lines_of_now() -> str:
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    times = (f"{hour_ago + timedelta(minutes=n):%Y-%m-%dT%H:%M:%SZ}" for n in range(30))
    return "".join(
        line(0, n, time=at, credential_issued_at="2020-01-01T00:00:00Z")
        for n, at in enumerate(times)
    )


def needs_servers() -> None:
    if not has("prometheus", "prometheus-alertmanager"):
        missing("Prometheus", "apt-get install prometheus prometheus-alertmanager")


def flags(config: Path, servers: Servers) -> list[str]:
    return ["--config", str(config), "--prometheus", servers.prometheus_url]


def scrapes_in_vain(config: Path, url: str) -> bool:
    found = doctor("--config", str(config), "--prometheus", url)
    return "cannot be scraped" in found.told("prometheus", "broken")


def test_a_working_setup_is_judged_from_its_logs_to_the_pager(
    kafka: str, root: Path, tmp_path: Path
) -> None:
    needs_servers()
    port = free_port()
    with Receivers() as receivers, alerting_servers(root, tmp_path, [port], receivers) as servers:
        config = write_settings(tmp_path, kafka, port, own_topics())
        prometheus = servers.prometheus_url
        wait_for("Prometheus's targets", lambda: scrapes_in_vain(config, prometheus))
        alone = doctor(*flags(config, servers))
        assert alone.code == 1
        assert "access" not in alone.errors
        assert "missing" in alone.told("kafka", "broken")
        assert any("sellerwatch topics create" in cure for cure in alone.cures("kafka", "broken"))
        assert "the worker at http://127.0.0.1" in alone.told("worker", "broken")
        with running(config, tmp_path):
            ingest(config, tmp_path / "day.ndjson", lines_of_now())
            wait_for("all parts", lambda: doctor(*flags(config, servers)).code == 0, seconds=90)
            well = doctor(*flags(config, servers), "--test-page")
        assert (well.code, well.errors) == (0, "")
        assert "30 events were scored, their times are right" in well.told("clock", "ok")
        assert "it scrapes 1 workers" in well.told("prometheus", "ok")
        assert "the Watchdog came all the way" in well.told("alerts", "ok")
        assert "the last message arrived" in well.told("kafka", "ok")
        assert "1 raw secret keys read sensitive data, of app-payments" in well.told(
            "keys", "advice"
        )
        assert "1 secrets are older than 180 days" in well.told("keys", "advice")
        for kind in ("pagerduty", "slack", "webhook"):
            assert f"{kind} accepted the test page" in well.told("pager", "ok")
        (page,) = receivers.alerts("firing")
        assert page["labels"]["alertname"] == "SellerwatchTestPage"
        assert page["annotations"]["runbook_url"].endswith("/runbooks/test_page")
        word = page["annotations"]["summary"][-5:]
        told = f"INFORMATIONAL TEST PAGE, nothing happened; the word is {word}"
        assert told in [event["payload"]["summary"] for event in receivers.pager("trigger")]
        assert word in well.told("pager", "unchecked")
        wait_for("the resolution", lambda: receivers.alerts("resolved") != [])


def test_topics_that_keep_too_little_are_named(kafka: str, tmp_path: Path) -> None:
    topics = own_topics()
    config = write_settings(tmp_path, kafka, free_port(), topics)
    values = yaml.safe_load(config.read_text())
    short = tmp_path / "short.yaml"
    short.write_text(yaml.safe_dump(values | {"topics": topics | {"events_retention_hours": 1}}))
    settings = load_settings(short)
    admin = make_admin(settings.kafka)
    create_topics(admin, settings)
    admin.close()
    found = doctor("--config", str(config))
    assert "messages are deleted after 1.0 hours, expected 168" in found.told("kafka", "broken")
    assert any("retention.ms=604800000" in cure for cure in found.cures("kafka", "broken"))
    more = tmp_path / "more.yaml"
    more.write_text(yaml.safe_dump(values | {"topics": topics | {"partitions": 8}}))
    assert "4 partitions, expected 8" in doctor("--config", str(more)).told("kafka", "broken")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "key").write_text("ab" * 32)
    path = tmp_path / "sellerwatch.yaml"
    values = {
        "kafka": {"brokers": ["127.0.0.1:1"], "request_timeout_seconds": 1.0},
        "sources": {"redaction_key_file": str(tmp_path / "key")},
        "worker": {"web_port": free_port(), "metrics_port": free_port()},
    }
    path.write_text(yaml.safe_dump(values))
    return path


def page_through(config: Path, url: str, *options: str) -> Judged:
    return doctor("--config", str(config), "--alertmanager", url, "--test-page", *options)


def test_the_page_itself_is_seen_where_a_webhook_leads_to_the_doctor(
    root: Path, config: Path, tmp_path: Path
) -> None:
    needs_servers()
    port = free_port()
    with Receivers() as receivers:
        path = write_alertmanager(root, tmp_path, receivers)
        path.write_text(
            path.read_text().replace(f"{receivers.url}/webhook", f"http://127.0.0.1:{port}")
        )
        with alertmanager(path, tmp_path) as url:
            found = page_through(config, url, "--listen", f"127.0.0.1:{port}")
            assert "the test page itself arrived at --listen" in found.told("pager", "ok")
            with_a_silence = {
                "matchers": [{"name": "severity", "value": "critical", "isRegex": False}],
                "startsAt": datetime.now(UTC).isoformat(), "createdBy": "a", "comment": "b",
                "endsAt": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
            }  # fmt: skip
            silenced(url, with_a_silence)
            found = page_through(config, url)
            assert found.code == 1
            assert "a silence or an inhibition holds back" in found.told("pager", "broken")


def silenced(url: str, silence: dict) -> None:
    HttpServer("Alertmanager", url).post("/api/v2/silences", silence)


def test_a_pager_that_refuses_is_named(root: Path, config: Path, tmp_path: Path) -> None:
    needs_servers()
    with Receivers() as receivers:
        path = write_alertmanager(root, tmp_path, receivers)
        text = path.read_text().replace(
            f"{receivers.url}/pagerduty", "http://127.0.0.1:9/pagerduty"
        )
        path.write_text(text)
        with alertmanager(path, tmp_path) as url:
            found = page_through(config, url, "--wait-seconds", "8")
        assert found.code == 1
        assert "pagerduty refused the test page" in found.told("pager", "broken")
        assert "slack accepted the test page" in found.told("pager", "ok")
        assert "it has no Watchdog" in found.told("alerts", "broken")


def test_a_mail_alone_wakes_nobody(config: Path, tmp_path: Path) -> None:
    needs_servers()
    path = tmp_path / "am.yml"
    mail = {"to": "x@example.com", "from": "y@example.com", "smarthost": "127.0.0.1:9"}
    receiver = {"name": "mail", "email_configs": [mail]}
    path.write_text(yaml.safe_dump({"route": {"receiver": "mail"}, "receivers": [receiver]}))
    with alertmanager(path, tmp_path) as url:
        found = doctor("--config", str(config), "--alertmanager", url)
    assert "no receiver wakes anybody: there is only email" in found.told("pager", "broken")


def test_a_server_that_is_none_of_them_is_named(config: Path) -> None:
    with Receivers() as receivers:
        found = doctor("--config", str(config), "--prometheus", receivers.url)
    assert "it answers 501" in found.told("prometheus", "broken")
    wrong = doctor("--config", str(config), "--prometheus", "file:///etc/passwd")
    assert (wrong.code, wrong.checks) == (2, [])
    assert "name http://HOST:PORT" in wrong.errors
