"""The text of Alertmanager's mails, as a mail server on loopback receives them."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from alerting import Receivers, alertmanager, write_alertmanager
from mail_server import MailBox, mail_server
from real_parts import has, missing, wait_for

from models.domain.access_event import Outcome
from models.domain.data_class import DataClass
from models.incidents.incident import Evidence, Exposure, Incident, IncidentKind, Reason
from models.incidents.notification import notification_clock
from streams.exporters.alert_message import alert_message
from streams.exporters.open_incident import OpenIncident
from streams.settings.sections import LinkSettings

NOW = datetime.now(UTC)
ADDRESS = "198.51.100.77"
PRINCIPAL = "amzn1.sp.solution.0ca65ac3-6291-274c-93e6-eab8d2a22e12"
USER = "sellerwatch@example.com"


def _reason(feature: str, observed: float | str, text: str) -> Reason:
    return Reason(
        feature=feature,
        window="hour",
        observed=observed,
        expected=42.0,
        low=8.0,
        high=115.0,
        p_value=0.001,
        contribution=0.5,
        text=text,
    )


class PageText(HTMLParser):
    """The words and link targets of an HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: dict[str, str] = {}
        self.link = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "img", "link", "iframe"}, "a mail loads nothing"
        self.link = dict(attrs).get("href") or "" if tag == "a" else self.link

    def handle_data(self, data: str) -> None:
        self.words += data.split()
        if self.link and data.strip():
            self.links[data.strip()] = self.link
            self.link = ""

    @property
    def text(self) -> str:
        return " ".join(self.words)


@pytest.fixture
def posted(root: Path, tmp_path: Path) -> Iterator[tuple[MailBox, Callable[[dict], None]]]:
    if not has("prometheus-alertmanager", "openssl"):
        missing("Alertmanager", "apt-get install prometheus-alertmanager openssl")
    with (
        mail_server(tmp_path, USER, "a-password") as box,
        Receivers() as receivers,
        alertmanager(write_alertmanager(root, tmp_path, receivers, box), tmp_path) as url,
    ):

        def post(alert: dict) -> None:
            request = urllib.request.Request(
                f"{url}/api/v2/alerts",
                json.dumps([alert]).encode(),
                {"Content-Type": "application/json"},
            )
            urllib.request.urlopen(request, timeout=5).close()

        yield box, post


@pytest.fixture
def theft(make_incident: Callable[..., Incident]) -> Incident:
    return make_incident(
        principal=PRINCIPAL,
        kinds=(IncidentKind.PURPOSE_VIOLATION,),
        page_kind=IncidentKind.PURPOSE_VIOLATION,
        data_classes=(DataClass.CUSTOMER, DataClass.PAYMENT),
        exposure=Exposure(calls=68, records=3400, distinct_subjects=2100, bytes=None, since=NOW),
        notification=notification_clock(NOW, ("customer",), 3400, 2100),
        reasons=(
            _reason(
                "records",
                3400.0,
                f"{PRINCIPAL} read 3,400 customer records in an hour; usual: 42 (8 to 115).",
            ),
            _reason(
                "network",
                ADDRESS,
                f"{PRINCIPAL} read customer data from {ADDRESS}; declared: none.",
            ),
        ),
        evidence=(
            Evidence(
                event_id="r-1",
                time=NOW,
                operation="getOrders",
                resource="/orders/v0/orders",
                data_classes=(DataClass.CUSTOMER,),
                outcome=Outcome.SUCCESS,
                records=50,
                bytes=None,
                source_ip=ADDRESS,
                country="DE",
                asn=64500,
                user_agent="export/1.0",
                credential_id="key-1",
            ),
        ),
    )


def alert_of(incident: Incident) -> dict:
    shown = OpenIncident.of(incident, 0.0, "payment_processor")
    return alert_message(shown, LinkSettings(), {}, datetime.now(UTC), timedelta(minutes=5))


def parts(mail: EmailMessage) -> tuple[str, PageText]:
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    return text.get_content(), PageText(html.get_content())


def test_the_mail_on_an_incident_says_all_in_text_and_html(
    posted: tuple[MailBox, Callable[[dict], None]], theft: Incident
) -> None:
    box, post = posted
    post(alert_of(theft))
    wait_for("a mail", lambda: bool(box.mails), seconds=20)
    [mail] = box.mails
    assert box.recipients == ["security@example.com"]
    assert mail["Subject"] == (
        "HIGH The payment processor solution …b8d2a22e12 reads data of A1 "
        "outside its declared purpose"
    )
    text, page = parts(mail)
    due = f"{NOW + timedelta(hours=24):%Y-%m-%d %H:%M} UTC"
    for needed in (
        "The payment processor solution …b8d2a22e12 at A1",
        theft.principal,
        "It read 3,400",
        "Ask the owner of the integration why it needs this data",
        "key-1",
        "customer, payment data",
        "3400 records in 68 calls, 2100 distinct subjects",
        "3,400 customer records in an hour; usual: 42 (8 to 115)",
        f"{NOW:%Y-%m-%d %H:%M} UTC",
        "AS64500 (DE)",
        due,
    ):
        assert needed in text, needed
        assert needed in page.text, needed
    assert f"Notify the marketplace by: {due}" in text
    incident, runbook, dashboard = (page.links[n] for n in ("Incident", "Runbook", "Dashboard"))
    assert incident.endswith("/incidents/i-1")
    assert incident in text
    assert runbook in text
    assert dashboard in text


def test_a_mail_holds_no_personal_data_and_no_markup_of_strangers(
    posted: tuple[MailBox, Callable[[dict], None]], theft: Incident
) -> None:
    box, post = posted
    stranger = "app<script>alert(1)</script>"
    post(alert_of(msgspec.structs.replace(theft, principal=stranger)))
    wait_for("a mail", lambda: bool(box.mails), seconds=20)
    mail = box.mails[0]
    text, page = parts(mail)
    # The parser rejects scripts, so untrusted text can only be words.
    assert "alert(1)" in page.text
    for body in (text, page.text, str(mail["Subject"])):
        assert ADDRESS not in body
        assert not re.search(r"\b[\w.]+@(?!example\.com)[\w.]+", body)


def test_an_alert_on_the_pipeline_is_a_mail_with_its_description(
    posted: tuple[MailBox, Callable[[dict], None]],
) -> None:
    box, post = posted
    post(
        {
            "labels": {
                "alertname": "SellerwatchDeadLetters",
                "severity": "warning",
                "detector": "sellerwatch",
            },
            "annotations": {
                "summary": "150 records could not be read",
                "description": "150 records of the last 15 minutes could not be read.",
                "runbook_url": "http://127.0.0.1:6066/runbooks/dead_letters",
                "dashboard_url": "http://127.0.0.1:3000/d/sellerwatch-pipeline",
            },
        }
    )
    wait_for("a mail", lambda: bool(box.mails), seconds=20)
    text, page = parts(box.mails[0])
    assert box.mails[0]["Subject"] == "150 records could not be read"
    for body in (text, page.text):
        assert "150 records of the last 15 minutes could not be read." in body
        assert "Who" not in body
    assert page.links["Runbook"].endswith("/runbooks/dead_letters")
    assert "Incident" not in page.links
