import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from models.errors import SettingsError
from models.incidents.incident import Incident
from streams.exporters.pager_duty import PagerDuty, dedup_key
from streams.settings.sections import AlertingSettings

ROUTE = '{}/{incident_id!="",severity="critical"}'
MakeIncident = Callable[..., Incident]


class Pager:
    """Accepts events as PagerDuty does, and keeps them."""

    def __init__(self) -> None:
        self.events: list[dict] = []
        self.status = 202
        pager = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                pager.events.append(json.loads(self.rfile.read(length)))
                self.send_response(pager.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v2/enqueue"


@pytest.fixture
def pager() -> Iterator[Pager]:
    made = Pager()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def settings(folder: Path, url: str, **more: object) -> AlertingSettings:
    path = folder / "routing_key"
    path.write_text("r" * 32)
    return AlertingSettings(pagerduty_routing_key_file=path, pagerduty_url=url, **more)


@pytest.mark.parametrize(
    ("tenant", "incident_id", "route", "key"),
    [
        # What Alertmanager 0.25 sent for these labels.
        (
            "A1",
            "i-2",
            ROUTE,
            "419b3cbbb1b90ab4bc09abb163b7762b91f1c3c190681a91e314ef3e64996154",
        ),
        (
            "A1EXAMPLETENANT",
            "i-15",
            ROUTE + '/{tenant="A1EXAMPLETENANT"}',
            "ae6717c2f1211a6236a0dcaa461412d73393517ee9c7bfe53ade96672d5b7c4c",
        ),
        (
            'A "q" \\ ü',
            "i-9",
            ROUTE,
            "366ed89cfc8e73b4596f3325c31a2175d1fd7d61cde27301ccb8d9eb11b67162",
        ),
    ],
)
def test_a_page_is_known_by_the_key_that_alertmanager_gave_it(
    make_incident: MakeIncident, tenant: str, incident_id: str, route: str, key: str
) -> None:
    assert dedup_key(make_incident(tenant=tenant, incident_id=incident_id), route) == key


def test_it_acknowledges_for_each_route_and_says_nothing_else(
    pager: Pager, tmp_path: Path, make_incident: MakeIncident
) -> None:
    routes = (ROUTE, ROUTE + '/{tenant="A1"}')
    failures: list[int] = []
    alerting = settings(tmp_path, pager.url, pagerduty_routes=routes)
    one = PagerDuty.from_settings(alerting, lambda: failures.append(1))
    assert one is not None
    one.acknowledge(make_incident())
    assert pager.events == [
        {
            "routing_key": "r" * 32,
            "event_action": "acknowledge",
            "dedup_key": dedup_key(make_incident(), route),
        }
        for route in routes
    ]
    assert failures == []


def test_what_never_paged_is_not_acknowledged(
    pager: Pager, tmp_path: Path, make_incident: MakeIncident
) -> None:
    one = PagerDuty.from_settings(settings(tmp_path, pager.url), pytest.fail)
    assert one is not None
    one.acknowledge(make_incident(page=False))
    assert pager.events == []


def test_a_refusal_is_counted_and_logged_without_the_key(
    pager: Pager, tmp_path: Path, make_incident: MakeIncident, caplog: pytest.LogCaptureFixture
) -> None:
    pager.status = 400
    failures: list[int] = []
    one = PagerDuty.from_settings(settings(tmp_path, pager.url), lambda: failures.append(1))
    assert one is not None
    one.acknowledge(make_incident())
    assert failures == [1]
    assert "PagerDuty took no acknowledgement: HTTPError" in caplog.text
    assert "r" * 32 not in caplog.text


def test_a_pager_that_is_away_is_counted(tmp_path: Path, make_incident: MakeIncident) -> None:
    failures: list[int] = []
    alerting = settings(tmp_path, "http://127.0.0.1:9/v2")
    one = PagerDuty.from_settings(alerting, lambda: failures.append(1))
    assert one is not None
    one.acknowledge(make_incident())
    assert failures == [1]


def test_without_a_key_there_is_none_and_a_key_that_is_missing_is_named(tmp_path: Path) -> None:
    assert PagerDuty.from_settings(AlertingSettings(), pytest.fail) is None
    missing = AlertingSettings(pagerduty_routing_key_file=tmp_path / "none")
    with pytest.raises(SettingsError, match="alerting.pagerduty_routing_key_file"):
        PagerDuty.from_settings(missing, pytest.fail)
