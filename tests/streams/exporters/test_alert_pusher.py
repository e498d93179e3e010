import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from models.incidents.incident import Incident, IncidentKind, IncidentStatus
from streams.exporters.alert_pusher import AlertPusher
from streams.exporters.incident_collector import IncidentCollector
from streams.settings.sections import AlertingSettings
from streams.settings.settings import Settings

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MakeIncident = Callable[..., Incident]


class Alertmanager:
    def __init__(self) -> None:
        self.posts: list[tuple[str, list[dict]]] = []
        self.came = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.posts.append((self.path, json.loads(body)))
                self.send_response(200)
                self.end_headers()
                outer.came.set()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def alertmanager() -> Iterator[Alertmanager]:
    fake = Alertmanager()
    thread = threading.Thread(target=fake.server.serve_forever, daemon=True)
    thread.start()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()
    thread.join()


class Pushing:
    def __init__(self, *urls: str, **alerting: object) -> None:
        self.settings = Settings(alerting=AlertingSettings(alertmanager_urls=urls, **alerting))
        self.collector = IncidentCollector(top=5)
        self.failures = 0
        self.pusher = AlertPusher(self.settings, self.collector, self.fail, lambda: NOW)

    def fail(self) -> None:
        self.failures += 1

    def take(self, incident: Incident) -> None:
        self.collector.update(incident)
        self.pusher.take(incident)


def test_an_open_page_is_an_alert_with_the_rules_labels(
    alertmanager: Alertmanager, incident: MakeIncident
) -> None:
    pushing = Pushing(alertmanager.url + "/", external_labels={"cluster": "eu"})
    pushing.take(incident(1, principal="app-1", page_kind=IncidentKind.CANARY))
    pushing.take(incident(2, page=False))
    pushing.pusher.push()
    path, [alert] = alertmanager.posts[0]
    assert path == "/api/v2/alerts"
    assert alert["labels"] == {
        "alertname": "SellerCanaryRead",
        "cluster": "eu",
        "detector": "sellerwatch",
        "severity": "critical",
        "incident_id": f"{1:016x}",
        "tenant": "A1SELLER",
        "principal": "app-1",
        "kind": "canary",
    }
    assert (alert["startsAt"], alert["endsAt"]) == (
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T00:01:30+00:00",
    )
    assert alert["annotations"]["incident_url"].endswith(f"/incidents/{1:016x}")
    assert alert["annotations"]["notify_by"] == "2026-01-02 00:00 UTC"
    assert "AS64500 (DE)" in alert["annotations"]["description"]


def test_a_closed_incident_is_not_sent_any_more(
    alertmanager: Alertmanager, incident: MakeIncident
) -> None:
    pushing = Pushing(alertmanager.url)
    pushing.take(incident(1))
    pushing.take(incident(1, status=IncidentStatus.CLOSED))
    pushing.pusher.push()
    assert alertmanager.posts == []


def test_a_new_page_does_not_wait_for_the_interval(
    alertmanager: Alertmanager, incident: MakeIncident
) -> None:
    pushing = Pushing(alertmanager.url, push_interval_seconds=600)

    async def run() -> None:
        await pushing.pusher.start()
        pushing.take(incident(1))
        assert await asyncio.to_thread(alertmanager.came.wait, 20)
        await pushing.pusher.stop()

    asyncio.run(run())
    assert len(alertmanager.posts) == 1


def test_an_open_page_is_sent_again(alertmanager: Alertmanager, incident: MakeIncident) -> None:
    pushing = Pushing(alertmanager.url, push_interval_seconds=1)

    async def run() -> None:
        await pushing.pusher.start()
        pushing.take(incident(1))
        for _ in range(200):
            if len(alertmanager.posts) >= 2:
                break
            await asyncio.sleep(0.05)
        await pushing.pusher.stop()

    asyncio.run(run())
    assert len(alertmanager.posts) >= 2


def test_an_alertmanager_that_is_down_is_counted_and_the_others_are_told(
    alertmanager: Alertmanager, incident: MakeIncident
) -> None:
    pushing = Pushing("http://127.0.0.1:9", alertmanager.url)
    pushing.take(incident(1))
    pushing.pusher.push()
    assert pushing.failures == 1
    assert len(alertmanager.posts) == 1
