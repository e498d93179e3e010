import asyncio
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from models.incidents.incident import Incident, IncidentKind, IncidentStatus
from streams.exporters.alert_pusher import AlertPusher
from streams.exporters.incident_collector import IncidentCollector
from streams.settings.sections import AlertingSettings, LinkSettings

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
    def __init__(
        self, *urls: str, clock: Callable[[], datetime] = lambda: NOW, **alerting: object
    ) -> None:
        self.collector = IncidentCollector(top=5)
        self.failures = self.ends = 0
        self.pusher = AlertPusher(
            AlertingSettings(alertmanager_urls=urls, **alerting),
            LinkSettings(),
            self.collector,
            count_failed_push=self.fail,
            count_failure=self.end,
            clock=clock,
            pause_seconds=0.05,
        )

    def fail(self) -> None:
        self.failures += 1

    def end(self) -> None:
        self.ends += 1

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


FOUND = b"HTTP/1.1 302 Found\r\nLocation: http://"
GARBAGE = {
    "nothing": b"",
    "no HTTP": b"this is no HTTP\r\n\r\n",
    "no status": b"HTTP/9.9 what\r\n\r\n",
    "endless header": b"HTTP/1.1 200 OK\r\n" + b"x" * 70_000 + b"\r\n\r\n",
    "no address": FOUND + b"[::1\r\n\r\n",
    "no port": FOUND + b"a:b/\r\n\r\n",
    "no name": FOUND + b"a" * 70 + b".example/\r\n\r\n",
}


@pytest.fixture
def babbler(request: pytest.FixtureRequest) -> Iterator[str]:
    """Answer whatever is posted with the parameter's bytes, and hang up."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            length = 0
            while (line := self.rfile.readline()) not in {b"\r\n", b""}:
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self.rfile.read(length)
            self.wfile.write(request.param)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("babbler", GARBAGE.values(), ids=list(GARBAGE), indirect=True)
def test_an_answer_that_makes_no_sense_is_a_push_that_failed_and_the_others_are_told(
    babbler: str, alertmanager: Alertmanager, incident: MakeIncident
) -> None:
    pushing = Pushing(babbler, alertmanager.url)
    pushing.take(incident(1))
    pushing.pusher.push()
    assert pushing.failures == 1
    assert len(alertmanager.posts) == 1


@pytest.mark.parametrize("babbler", [GARBAGE["no HTTP"]], indirect=True)
def test_a_push_that_failed_is_tried_again(babbler: str, incident: MakeIncident) -> None:
    pushing = Pushing(babbler, push_interval_seconds=1)

    async def run() -> None:
        await pushing.pusher.start()
        pushing.take(incident(1))
        for _ in range(200):
            if pushing.failures >= 2:
                break
            await asyncio.sleep(0.05)
        assert pushing.pusher.is_ready
        await pushing.pusher.stop()

    asyncio.run(run())
    assert pushing.failures >= 2
    assert pushing.ends == 0


def test_a_push_that_ends_unexpectedly_is_counted_and_begun_again(
    alertmanager: Alertmanager, incident: MakeIncident
) -> None:
    times = iter([OverflowError("no such time"), NOW, NOW, NOW, NOW, NOW])

    def clock() -> datetime:
        now = next(times)
        if isinstance(now, Exception):
            raise now
        return now

    pushing = Pushing(alertmanager.url, clock=clock, push_interval_seconds=1)

    async def run() -> None:
        await pushing.pusher.start()
        pushing.take(incident(1))
        assert await asyncio.to_thread(alertmanager.came.wait, 20)
        await pushing.pusher.stop()

    asyncio.run(run())
    assert pushing.ends == 1
    assert pushing.failures == 0
