"""Strangers choose names; in whatever a person reads, a name says nothing but itself."""

import html
import json
import logging
import re
import unicodedata
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alerting import Receivers, alerting_servers, alertmanager, write_alertmanager
from mail_server import MailBox, mail_server
from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from real_parts import has, missing, wait_for
from rich.console import Console
from test_mail import PageText

from models.incidents.incident import Incident, Reason
from streams.cli import main
from streams.commands.detect import _print_summary
from streams.demo.screen import live_view, page_text
from streams.exporters.alert_message import alert_message
from streams.exporters.incident_collector import IncidentCollector
from streams.exporters.ocsf_finding import detection_finding
from streams.exporters.open_incident import OpenIncident
from streams.exporters.worker_metrics import WorkerMetrics
from streams.presentation.incident_labels import series_labels
from streams.settings.sections import LinkSettings
from streams.sources.flow.tally import Tally
from streams.web.incident_page import incident_page
from streams.web.pages import Pages
from streams.web.responder_desk import DeskView
from streams.web.response_commands import response_commands
from streams.worker.json_logs import JsonFormatter

MARKUP = [
    "<https://evil.example|OPEN INCIDENT> <!channel>",
    "<!here> <@U012AB3CD> <#C012AB3CD|general> <!subteam^S012AB3CD>",
    "&lt;!channel&gt; &amp;lt;https://evil.example&amp;gt;",
    "*RESOLVED* _false alarm_ ~stolen~ `code` ```block```",
    "__x__ *_a_* >quote",
    "[OPEN](https://evil.example) ![x](HTTP://evil.example/a.png) @channel @all",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"><a href='https://evil.example'>Incident</a>",
    "{{ .CommonLabels }} {{ template `sellerwatch.link` . }} ${1} $1",
    "javascript:alert(1) ftp://evil.example/x",
]
HIDDEN = [
    "app\u202egnp.exe",
    "app\u2066\u2067\u2069-1",
    "app\u200b\u200c\u200d\u2060\ufeff-1",
    "app\x1b[2J\x1b]0;all quiet\x07\x1b[8m-1",
    "app\x9b2J\x08\x08\x08ok\x7f",
    "app\r\nRESOLVED all quiet\n\n\n",
    "app\u2028RESOLVED\u2029",
    "app\U000e0001\U000e0041\ufe0f\u3164\u2800-1",
    "app\ud800-1",
    "app\ue000-1",
    "app" + "\u0300" * 200,
    "app" + " " * 300 + "RESOLVED",
]
ATTACKS = MARKUP + HIDDEN


def deceptive(text: str) -> list[str]:
    """What hides something: by category, so that no list of ours is believed."""
    return [
        f"U+{ord(one):04X}"
        for one in text
        if one != "\n" and (unicodedata.category(one)[0] == "C" or one in "\u2028\u2029")
    ]


@pytest.fixture
def named(make_incident: Callable[..., Incident]) -> Callable[[str], Incident]:
    """Make an incident in which one name stands wherever a stranger may write one."""

    def make(name: str) -> Incident:
        reason = Reason(
            feature="user_agent", window="event", observed=name, expected="", p_value=0.001,
            contribution=0.8, text=f"{name[:120]} used the user agent {name} for the first time.",
        )  # fmt: skip
        return make_incident(
            principal=name, tenant=name, credential_ids=(name, name), reasons=(reason,)
        )

    return make


@dataclass
class Desk:
    """An Alertmanager, and everybody who hears from it."""

    url: str
    receivers: Receivers
    box: MailBox

    def post(self, incident: Incident) -> None:
        shown = OpenIncident.of(incident, 0.0, "")
        alert = alert_message(shown, LinkSettings(), {}, datetime.now(UTC), timedelta(minutes=5))
        request = urllib.request.Request(
            f"{self.url}/api/v2/alerts",
            json.dumps([alert]).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=5).close()

    def has_heard(self, count: int) -> bool:
        paths = ("/slack", "/pagerduty", "/webhook")
        heard = [len(self.receivers.bodies(path)) for path in paths]
        return min(*heard, len(self.box.mails)) >= count


@pytest.fixture
def desk(root: Path, tmp_path: Path) -> Iterator[Desk]:
    if not has("prometheus-alertmanager", "openssl"):
        missing("Alertmanager", "apt-get install prometheus-alertmanager openssl")
    with (
        mail_server(tmp_path, "sellerwatch@example.com", "a-password") as box,
        Receivers() as receivers,
        alertmanager(write_alertmanager(root, tmp_path, receivers, box), tmp_path) as url,
    ):
        yield Desk(url, receivers, box)


def strings(value: Any) -> Iterator[str]:
    """Yield every text of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def linked(text: str) -> set[str]:
    """The hosts that a reader's program would link to."""
    return set(re.findall(r"(?i)\b(?:https?|ftp)://([^/\s|>\"']+)", text))


OURS = {"127.0.0.1:6066", "127.0.0.1:3000"}


def check_slack(body: dict[str, Any]) -> None:
    [attachment] = body["attachments"]
    assert set(attachment["mrkdwn_in"]) == {"pretext"}
    assert "pretext" not in attachment
    for name in ("title", "text", "fallback"):
        text, _, _ = attachment[name].partition("\nDashboard: ")
        assert not re.search(r"[<>*~`@]", text), text
        assert not re.search(r"\b_|_\b|\]\(", text), text
        assert not re.search(r"&(?!(amp|lt|gt);)", attachment[name]), attachment[name]
        assert linked(attachment[name]) <= OURS, attachment[name]
    urls = [attachment["title_link"], *(action["url"] for action in attachment["actions"])]
    assert all(linked(url) <= OURS for url in urls)


def check_mail(mail: Any) -> None:
    text, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    # Lines of a mail end so.
    text = text.replace("\r\n", "\n")
    assert deceptive(text) == []
    assert linked(text) <= OURS
    seen = PageText(page)
    assert deceptive(seen.text) == []
    assert set(seen.links) == {"Incident", "Runbook", "Dashboard"}
    assert linked(" ".join(seen.words)) <= OURS
    assert deceptive(str(mail["Subject"])) == []
    assert linked(str(mail["Subject"])) == set()
    assert {name.lower() for name in mail} <= {
        "subject", "to", "from", "message-id", "date", "content-type", "mime-version",
    }  # fmt: skip


def test_no_receiver_reads_anything_into_a_name(
    desk: Desk, named: Callable[[str], Incident]
) -> None:
    for number, attack in enumerate(ATTACKS):
        incident = named(attack)
        desk.post(msgspec.structs.replace(incident, incident_id=f"i-{number}"))
    wait_for("all messages", lambda: desk.has_heard(len(ATTACKS)), seconds=60)
    posts = desk.receivers.posts
    for path, body in list(posts):
        for text in strings(body):
            assert deceptive(text) == [], (path, text)
    for body in desk.receivers.bodies("/slack"):
        check_slack(body)
    for body in desk.receivers.bodies("/pagerduty"):
        details = body["payload"]["custom_details"]
        assert linked(" ".join(strings([body["payload"], details]))) <= OURS
        assert all(linked(link["href"]) <= OURS for link in body["links"])
    for mail in desk.box.mails:
        check_mail(mail)


def test_the_slow_path_through_prometheus_says_no_more(
    root: Path, tmp_path: Path, named: Callable[[str], Incident]
) -> None:
    if not has("prometheus", "prometheus-alertmanager"):
        missing("Prometheus", "apt-get install prometheus prometheus-alertmanager")
    links = LinkSettings()
    metrics = WorkerMetrics(
        50,
        links={
            "incidents": links.incidents,
            "runbooks": links.runbooks,
            "dashboards": links.dashboards,
        },
    )
    for number, attack in enumerate(ATTACKS):
        incident = msgspec.structs.replace(named(attack), incident_id=f"i-{number}")
        metrics.take_incident(incident)
    server, thread = start_http_server(0, "127.0.0.1", metrics.registry)
    try:
        with (
            Receivers() as receivers,
            alerting_servers(root, tmp_path, [server.server_port], receivers),
        ):

            def pages() -> list[dict[str, Any]]:
                found = receivers.bodies("/slack")
                return [one for one in found if "/incidents/i-" in one["attachments"][0]["text"]]

            wait_for("all pages", lambda: len(pages()) >= len(ATTACKS), seconds=60)
            for body in pages():
                check_slack(body)
            for path, body in list(receivers.posts):
                assert all(deceptive(text) == [] for text in strings(body)), path
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_honest_name_arrives_as_it_is(desk: Desk, named: Callable[[str], Incident]) -> None:
    name = "arn:aws:iam::111122223333:role/my_app.v2-A&B"
    desk.post(named(name))
    wait_for("all messages", lambda: desk.has_heard(1), seconds=30)
    [slack] = desk.receivers.bodies("/slack")
    assert html.unescape(slack["attachments"][0]["text"]).count(name) >= 2
    [page] = desk.receivers.bodies("/pagerduty")
    assert page["payload"]["component"] == name
    [alert] = desk.receivers.alerts("firing")
    assert alert["labels"]["principal"] == name
    text = desk.box.mails[0].get_body(("plain",))
    assert text is not None
    assert name in text.get_content()


@pytest.mark.parametrize("attack", ATTACKS, ids=ascii)
def test_no_metric_page_finding_or_terminal_shows_what_hides(
    named: Callable[[str], Incident],
    attack: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    incident = named(attack)
    collector, registry = IncidentCollector(top=5), CollectorRegistry()
    collector.update(incident)
    registry.register(collector)
    assert deceptive(generate_latest(registry).decode()) == []
    page = incident_page(incident, None, datetime(2026, 1, 2, tzinfo=UTC))
    shown = Pages().render(
        "incident.html", page=page, person=attack, has_login=True, may_judge=True, now=page.now,
        size_field="size", form_field="form", form_token="token", is_replayed=False,
        desk=DeskView(response_commands(incident, page.now, ("logs/",)), None),
    )  # fmt: skip
    assert deceptive(shown) == []
    assert not re.search(r"<(script|img|a href=['\"]https://evil)", shown)
    finding = detection_finding(incident)
    said = [finding["message"], finding["finding_info"]["title"], finding["finding_info"]["desc"]]
    assert deceptive(" ".join(said)) == []
    assert deceptive(page_text(incident)) == []
    console = Console(force_terminal=False, width=200, record=True)
    console.print(live_view("", {"i-1": incident}))
    assert deceptive(console.export_text()) == []
    _print_summary({"i-1": incident}, Tally(), Path("out"))
    assert deceptive(capsys.readouterr().out) == []
    record = logging.LogRecord("sellerwatch", logging.ERROR, "", 0, "%s fails", (attack,), None)
    assert deceptive(JsonFormatter().format(record)) == []


def test_an_error_shows_the_name_of_a_file_and_nothing_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out = str(tmp_path / "incidents")
    command = ["sellerwatch", "detect", "x\x1b[2J\u202e.log", "--incidents", out]
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().err
    assert "no such file or folder" in said
    assert deceptive(said) == []


def test_names_that_look_alike_remain_apart(named: Callable[[str], Incident]) -> None:
    names = [
        "app-1", "app\u200b-1", "app\u2060-1", "app\u202e-1", "app\ufffd-1", "app-1 ",
        "app-1\u00a0", "app\x1b-1", "app\x1b\x1b-1", "a" * 300, "a" * 301,
    ]  # fmt: skip
    shown = {series_labels(named(name))["principal"] for name in names}
    assert len(shown) == len(names)
    assert "app-1" in shown
    # Nobody can take the name that another was given.
    taken = series_labels(named("app\u200b-1"))["principal"]
    assert series_labels(named(taken))["principal"] != taken
    tenants = {series_labels(named(name))["tenant"] for name in names}
    assert len(tenants) == len(names)
