import asyncio
import html
import json
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.feedback import Feedback, Verdict
from models.incident import IncidentKind, IncidentStatus, Severity
from streams.settings import Settings, WebSettings, WorkerSettings
from streams.web.application import create_web_application
from streams.web.form_guard import FORM_FIELD
from streams.web.incident_page import incident_page
from streams.web.incident_store import IncidentStore
from streams.web.page_clock import PageClock
from streams.web.pages import Pages

Talk = Callable[[TestClient], Awaitable[None]]
ALICE = "alice-token-0123456789"
NOW = 1_769_400_000.0


class Site:
    """The pages over a store, without a broker."""

    def __init__(self, settings: Settings | None = None, kept: int = 100) -> None:
        self.store = IncidentStore(kept)
        self.sent: list[Feedback] = []
        self.failure: Exception | None = None
        clock = PageClock(lambda: None, lambda: NOW)
        self._make = lambda: create_web_application(
            settings or Settings(), self.store, self.send, clock, {"app-1": "payment_processor"}
        )

    async def send(self, verdict: Feedback) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append(verdict)

    def visit(self, talk: Talk) -> None:
        async def run() -> None:
            async with TestClient(TestServer(self._make())) as client:
                await talk(client)

        asyncio.run(run())

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        found: list[tuple[int, str]] = []

        async def talk(client: TestClient) -> None:
            answer = await client.get(path, headers=headers, allow_redirects=False)
            found.append((answer.status, await answer.text()))

        self.visit(talk)
        return found[0]


@pytest.fixture
def site(make_incident) -> Site:
    site = Site()
    site.store.take_incident(make_incident())
    site.store.take_incident(
        make_incident(
            incident_id="i-2",
            status=IncidentStatus.CLOSED,
            severity=Severity.LOW,
            page=False,
            paged_at=None,
            principal="arn:aws:iam::123456789012:role/exporter",
            tenant="B2",
        )
    )
    return site


def token_settings(folder: Path, text: str = f"alice: {ALICE}\n", **web: object) -> Settings:
    path = folder / "tokens"
    path.write_text(text)
    return Settings(web=WebSettings(token_file=path, **web))


async def form_token(answer: ClientResponse) -> str:
    found = re.search(rf'name="{FORM_FIELD}" value="([^"]+)"', await answer.text())
    assert found is not None
    return found[1]


def test_the_page_tells_the_story_and_its_clock(site: Site) -> None:
    status, text = site.get("/incidents/i-1")
    assert status == 200
    assert "The payment processor app-1 read 7,631 customer records in 41 min, outside its" in text
    assert "100× usual" in text
    assert "203.0.113.40" in text
    assert "https://example.com/runbooks/bulk_read" in text
    # Paged at 02:35; at 04:00 of the same day 1 h 25 min of 24 are gone.
    assert "22 h 35 min left" in text
    assert "2 d 22 h left" in text


def test_the_list_filters(site: Site) -> None:
    for query, shown in (
        ("", {"i-1", "i-2"}),
        ("?status=open", {"i-1"}),
        ("?severity=low", {"i-1", "i-2"}),
        ("?severity=high", {"i-1"}),
        ("?class=supplier", set()),
        ("?tenant=B2", {"i-2"}),
        ("?principal=EXPORT", {"i-2"}),
        ("?page=1", {"i-1"}),
    ):
        _, text = site.get(f"/incidents{query}")
        assert set(re.findall(r'href="/incidents/(i-\d)"', text)) == shown, query
        _, body = site.get(f"/api/incidents{query}")
        found = {entry["incident"]["incident_id"] for entry in json.loads(body)["incidents"]}
        assert found == shown, query


def test_a_filter_that_does_not_exist_is_named(site: Site) -> None:
    status, body = site.get("/api/incidents?status=ajar")
    assert status == 400
    assert json.loads(body) == {"error": "status: 'ajar' is none of open, closed"}
    assert site.get("/incidents?offset=-1")[0] == 400


def test_the_api_pages_through_its_incidents(make_incident) -> None:
    site = Site()
    for number in range(70):
        site.store.take_incident(make_incident(incident_id=f"i-{number}"))
    first = json.loads(site.get("/api/incidents")[1])
    rest = json.loads(site.get("/api/incidents?offset=50&limit=1000")[1])
    assert (first["total"], len(first["incidents"]), len(rest["incidents"])) == (70, 50, 20)
    assert "offset=50" in site.get("/incidents")[1]


def test_json_is_the_incident_as_its_topic_holds_it(site: Site, make_incident) -> None:
    status, body = site.get("/api/incidents/i-1")
    assert status == 200
    assert json.loads(body)["incident"] == json.loads(msgspec.json.encode(make_incident()))
    assert site.get("/api/incidents/none")[0] == 404


def test_every_answer_is_locked_down(site: Site) -> None:
    async def talk(client: TestClient) -> None:
        for path in ("/incidents", "/incidents/i-1", "/incidents/none", "/api/incidents", "/login"):
            answer = await client.get(path)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "no-store"
            text = await answer.text()
            assert "<script" not in text
            assert " style=" not in text
            sources = re.findall(r'(?:src|rel="stylesheet" href|rel="icon" href)="([^"]+)"', text)
            assert all(source.startswith("/static/") for source in sources)
        styles = await client.get("/static/sellerwatch.css")
        assert styles.status == 200
        assert "url(" not in await styles.text()
        assert (await client.get("/static/../pages.py")).status == 404

    site.visit(talk)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.text(max_size=40)
    | st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><svg onload=x>',
            "a" * 10_000,
            "\u202egnp.exe",
            "{{ 7 * 7 }}",
            "javascript:alert(1)",
        ]
    )
)
def test_hostile_names_stay_text(make_incident, name: str) -> None:
    hostile = make_incident(
        principal=name, tenant=name, credential_ids=(name,), runbook_url=name, attack=(name,)
    )
    common = {"person": name, "has_login": True, "form_field": "f", "form_token": "t"}
    clock = {"now": hostile.updated_at, "is_replayed": False}
    text = Pages().render(
        "incident.html",
        page=incident_page(hostile, None, hostile.updated_at + timedelta(hours=1)),
        **common,
        **clock,
    )
    assert len(text) < 40_000
    assert "<script" not in text
    assert "onload=x>" not in html.unescape(text).replace(html.unescape(name), "")
    for tag in re.findall(r"<[a-zA-Z][^>]*>", text):
        assert not re.search(r"\son\w+\s*=", re.sub(r'"[^"]*"', '""', tag)), tag
    assert 'href="javascript' not in text
    assert "\u202e" not in text


def test_a_verdict_goes_out_and_is_shown(site: Site) -> None:
    async def talk(client: TestClient) -> None:
        token = await form_token(await client.get("/incidents/i-1"))
        data = {FORM_FIELD: token, "verdict": "benign", "note": "backfill, ask jo@example.com"}
        answer = await client.post("/incidents/i-1/verdict", data=data)
        assert answer.status == 200
        assert str(answer.url.path) == "/incidents/i-1"
        text = await answer.text()
        assert "by local" in text
        assert "backfill, ask [mail]" in text

    site.visit(talk)
    verdict = site.sent[0]
    assert (verdict.incident_id, verdict.verdict, verdict.by) == ("i-1", Verdict.BENIGN, "local")
    assert json.loads(site.get("/api/incidents/i-1")[1])["verdict"]["verdict"] == "benign"


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({}, {}),
        ({FORM_FIELD: "x" * 43}, {}),
        ({FORM_FIELD: "TOKEN"}, {"Sec-Fetch-Site": "cross-site"}),
        ({FORM_FIELD: "TOKEN"}, {"Sec-Fetch-Site": "same-site"}),
        ({FORM_FIELD: "TOKEN"}, {"Origin": "https://evil.example"}),
        ({FORM_FIELD: "TOKEN"}, {"Origin": "null"}),
    ],
)
def test_a_foreign_form_is_refused(site: Site, fields: dict, headers: dict) -> None:
    async def talk(client: TestClient) -> None:
        token = await form_token(await client.get("/incidents/i-1"))
        data = {name: token if value == "TOKEN" else value for name, value in fields.items()}
        data["verdict"] = "benign"
        answer = await client.post("/incidents/i-1/verdict", data=data, headers=headers)
        assert answer.status == 403

    site.visit(talk)
    assert site.sent == []


def test_the_form_cookie_is_for_this_site_only(site: Site) -> None:
    async def talk(client: TestClient) -> None:
        answer = await client.get("/incidents/i-1")
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie

    site.visit(talk)


def test_a_verdict_that_kafka_did_not_take_is_said_so(site: Site) -> None:
    site.failure = TimeoutError()

    async def talk(client: TestClient) -> None:
        token = await form_token(await client.get("/incidents/i-1"))
        data = {FORM_FIELD: token, "verdict": "malicious"}
        answer = await client.post("/incidents/i-1/verdict", data=data)
        assert answer.status == 503
        assert "The verdict was not saved" in await answer.text()
        assert "by local" not in await (await client.get("/incidents/i-1")).text()

    site.visit(talk)


def test_a_verdict_must_be_one_of_two(site: Site) -> None:
    async def talk(client: TestClient) -> None:
        token = await form_token(await client.get("/incidents/i-1"))
        data = {FORM_FIELD: token, "verdict": "maybe"}
        assert (await client.post("/incidents/i-1/verdict", data=data)).status == 400
        assert (await client.post("/incidents/none/verdict", data=data)).status == 404

    site.visit(talk)


def test_a_log_in_opens_a_session(site: Site, tmp_path: Path) -> None:
    site = Site(token_settings(tmp_path))

    async def talk(client: TestClient) -> None:
        page = await client.get("/incidents?status=open")
        assert page.url.path == "/login"
        target = page.url.query["next"]
        data = {FORM_FIELD: await form_token(page), "token": "wrong-token-0123456789"}
        data["next"] = target
        assert (await client.post("/login", data=data)).status == 403
        answer = await client.post("/login", data=data | {"token": ALICE})
        assert str(answer.url.relative()) == "/incidents?status=open"
        text = await answer.text()
        assert "alice" in text
        assert ALICE not in text
        token = await form_token(answer)
        await client.post("/logout", data={FORM_FIELD: token})
        assert (await client.get("/incidents")).url.path == "/login"

    site.visit(talk)


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\\\evil", "/login", ""]
)
def test_a_log_in_leads_nowhere_else(tmp_path: Path, target: str) -> None:
    site = Site(token_settings(tmp_path))

    async def talk(client: TestClient) -> None:
        token = await form_token(await client.get("/login"))
        data = {FORM_FIELD: token, "token": ALICE, "next": target}
        answer = await client.post("/login", data=data, allow_redirects=False)
        assert answer.headers["Location"] == "/incidents"

    site.visit(talk)


def test_a_form_after_the_sessions_end_leads_back_to_its_page(tmp_path: Path) -> None:
    async def talk(client: TestClient) -> None:
        answer = await client.post("/incidents/i-1/verdict", data={"verdict": "benign"})
        assert answer.url.query["next"] == "/incidents/i-1"

    Site(token_settings(tmp_path)).visit(talk)


def test_a_bearer_token_opens_the_api(tmp_path: Path) -> None:
    site = Site(token_settings(tmp_path))
    assert site.get("/api/incidents", Authorization=f"Bearer {ALICE}")[0] == 200
    assert site.get("/api/incidents", Authorization="Bearer alice")[0] == 401
    assert site.get("/api/incidents")[0] == 401


def test_a_proxy_names_the_person(tmp_path: Path) -> None:
    trusted = Site(Settings(web=WebSettings(proxy_user_header="X-Forwarded-User")))
    assert "bob" in trusted.get("/incidents", **{"X-Forwarded-User": "bob"})[1]
    assert trusted.get("/incidents")[0] == 403
    elsewhere = WebSettings(proxy_user_header="X-Forwarded-User", proxy_networks=("192.0.2.0/24",))
    stranger = Site(Settings(web=elsewhere))
    assert stranger.get("/incidents", **{"X-Forwarded-User": "bob"})[0] == 403


def test_without_authentication_only_loopback_is_served() -> None:
    public = Site(Settings(worker=WorkerSettings(web_host="0.0.0.0")))
    status, text = public.get("/incidents")
    assert status == 403
    assert "web.token_file" in text
    # A name that somebody made to lead to this machine.
    assert Site().get("/incidents", Host="rebound.example:6066")[0] == 403
    assert Site().get("/incidents", Host="localhost:6066")[0] == 200


def test_an_empty_store_says_so() -> None:
    status, text = Site().get("/incidents")
    assert status == 200
    assert "No page is open" in text


def test_every_kind_has_a_story_and_steps(make_incident) -> None:
    for kind in IncidentKind:
        site = Site()
        site.store.take_incident(make_incident(kinds=(kind,)))
        assert site.get("/incidents/i-1")[0] == 200


def test_the_front_leads_to_the_list() -> None:
    assert Site().get("/")[0] == 302
