"""Whoever attacks the incident pages gets no session, no page and no silence."""

import asyncio
import base64
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer

from models.incidents.feedback import Feedback
from models.incidents.incident import Incident
from streams.kafka.audit_topic import AuditAction, AuditRecord, decode_audit, encode_audit
from streams.kafka.clients import make_admin, make_consumer, make_producer
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings, LinkSettings, WebSettings, WorkerSettings
from streams.settings.settings import Settings
from streams.web.access_tokens import AccessTokens
from streams.web.application import create_web_application
from streams.web.authentication import SESSION_COOKIE, Authentication
from streams.web.form_guard import FORM_FIELD
from streams.web.incident_store import IncidentStore
from streams.web.log_out_reader import LogOutReader
from streams.web.page_clock import PageClock
from streams.web.runbooks import add_runbook_routes
from streams.web.worker_pages import add_incident_pages
from streams.worker.faust_app import make_app

ALICE, VERA = "alice-token-0123456789", "vera-token-9876543210"
TOKENS = f"alice: {ALICE}\nvera: {VERA} viewer\n"
PROXY = "X-Forwarded-User"


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    path = tmp_path / "tokens"
    path.write_text(TOKENS)
    return path


class Pages:
    """The pages of one incident in a real server, and what they send."""

    def __init__(self, settings: Settings, incident: Incident) -> None:
        self.settings, self.incident = settings, incident
        self.verdicts: list[Feedback] = []
        self.audited: list[bytes] = []

    async def send_verdict(self, verdict: Feedback) -> None:
        self.verdicts.append(verdict)

    async def send_audit(self, _: bytes | None, value: bytes) -> None:
        self.audited.append(value)

    def client(self) -> TestClient:
        store = IncidentStore(10)
        store.take_incident(self.incident)
        application = create_web_application(
            self.settings,
            store,
            self.send_verdict,
            PageClock(lambda: None),
            {},
            send_audit=self.send_audit,
            count_audit_failure=pytest.fail,
        )
        add_runbook_routes(application)
        return TestClient(TestServer(application), cookie_jar=CookieJar(unsafe=True))


async def form_token(answer: ClientResponse) -> str:
    found = re.search(rf'name="{FORM_FIELD}" value="([^"]+)"', await answer.text())
    assert found is not None
    return found[1]


async def log_in(client: TestClient, token: str) -> str:
    data = {FORM_FIELD: await form_token(await client.get("/login")), "token": token}
    answer = await client.post("/login", data=data, allow_redirects=False)
    return answer.cookies[SESSION_COOKIE].value if SESSION_COOKIE in answer.cookies else ""


async def log_out(client: TestClient) -> None:
    data = {FORM_FIELD: await form_token(await client.get("/incidents"))}
    assert (await client.post("/logout", data=data, allow_redirects=False)).status == 303


async def raw_status(client: TestClient, target: str) -> int:
    """Send an address as it stands: a client would mend it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    writer.write(head.encode())
    status = int((await reader.readline()).split()[1])
    writer.close()
    await writer.wait_closed()
    return status


def token_settings(tokens: Path, **web: Any) -> Settings:
    return Settings(web=WebSettings(token_file=tokens, **web))


def test_a_copied_cookie_is_dead_after_the_log_out(tokens: Path, make_incident) -> None:
    async def attack() -> None:
        client = Pages(token_settings(tokens), make_incident()).client()
        await client.start_server()
        other = await log_in(client, ALICE)
        copied = await log_in(client, ALICE)
        assert other != copied
        assert (await client.get("/incidents")).status == 200
        await log_out(client)
        client.session.cookie_jar.clear()
        headers = {"Cookie": f"{SESSION_COOKIE}={copied}"}
        again = await client.get("/incidents", headers=headers, allow_redirects=False)
        assert again.status == 303
        # The same person's other browser goes on.
        headers = {"Cookie": f"{SESSION_COOKIE}={other}"}
        assert (await client.get("/incidents", headers=headers)).status == 200
        # The same cookie in other words: base64 has several spellings of some texts.
        name, _, rest = copied.partition(".")
        for spelling in (f"{name}=.{rest}", f" {copied}", copied.replace(".", "..", 1)):
            headers = {"Cookie": f"{SESSION_COOKIE}={spelling}"}
            answer = await client.get("/incidents", headers=headers, allow_redirects=False)
            assert answer.status == 303, spelling
        await client.close()

    asyncio.run(attack())


def test_many_log_outs_bring_no_session_back(tokens: Path, make_incident) -> None:
    async def attack() -> None:
        async with Pages(token_settings(tokens), make_incident()).client() as client:
            dead = []
            for _ in range(105):
                dead.append(await log_in(client, ALICE))
                await log_out(client)
            for session in (dead[0], dead[50], dead[-1]):
                headers = {"Cookie": f"{SESSION_COOKIE}={session}"}
                answer = await client.get("/incidents", headers=headers, allow_redirects=False)
                assert answer.status == 303

    asyncio.run(attack())


def test_a_forged_session_of_a_responder_opens_nothing(tokens: Path, make_incident) -> None:
    async def attack() -> None:
        async with Pages(token_settings(tokens), make_incident()).client() as client:
            session = await log_in(client, VERA)
            _, *rest = session.split(".")
            alice = base64.urlsafe_b64encode(b"alice").decode()
            client.session.cookie_jar.clear()
            headers = {"Cookie": f"{SESSION_COOKIE}={'.'.join([alice, *rest])}"}
            answer = await client.get("/incidents", headers=headers, allow_redirects=False)
            assert answer.status == 303

    asyncio.run(attack())


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(web=WebSettings(proxy_user_header=PROXY)),
        Settings(
            web=WebSettings(proxy_user_header=PROXY, allowed_hosts=("watch.example",)),
            worker=WorkerSettings(web_host="0.0.0.0"),
        ),
    ],
)
@pytest.mark.parametrize(
    "forged",
    [
        {"Host": "rebound.example:6066"},
        {"Host": "127.0.0.1.rebound.example"},
        {"Host": "rebound.example:127.0.0.1"},
        {"Host": "localhost@rebound.example"},
        {"X-Forwarded-Host": "rebound.example"},
        {"X-Forwarded-Host": "localhost, rebound.example"},
    ],
)
def test_a_foreign_name_for_this_address_reads_nothing(
    make_incident, settings: Settings, forged: dict[str, str]
) -> None:
    pages = Pages(settings, make_incident())

    async def attack() -> None:
        async with pages.client() as client:
            for path in ("/incidents", "/incidents/i-1", "/api/incidents", "/login"):
                answer = await client.get(path, headers={PROXY: "alice"} | forged)
                assert answer.status in {400, 403}, path
                assert "app-1" not in await answer.text()

    asyncio.run(attack())
    assert pages.audited == []


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        (WebSettings(proxy_user_header=PROXY), "watch.example"),
        (WebSettings(proxy_user_header=PROXY), "WATCH.example.:8443"),
        (WebSettings(proxy_user_header=PROXY), "localhost:6066"),
        (WebSettings(proxy_user_header=PROXY, allowed_hosts=("soc.example",)), "soc.example"),
    ],
)
def test_our_own_names_are_answered(make_incident, settings: WebSettings, host: str) -> None:
    links = LinkSettings(web_base_url="https://watch.example:443/")

    async def visit() -> None:
        async with Pages(Settings(web=settings, links=links), make_incident()).client() as client:
            answer = await client.get("/incidents", headers={PROXY: "alice", "Host": host})
            assert answer.status == 200

    asyncio.run(visit())


def test_a_viewer_reads_and_gives_no_verdict(tokens: Path, make_incident) -> None:
    pages = Pages(token_settings(tokens), make_incident())

    async def attack() -> None:
        async with pages.client() as client:
            await log_in(client, VERA)
            page = await client.get("/incidents/i-1")
            assert page.status == 200
            assert "/verdict" not in await page.text()
            data = {FORM_FIELD: await form_token(page), "verdict": "benign"}
            assert (await client.post("/incidents/i-1/verdict", data=data)).status == 403
            bearer = {"Authorization": f"Bearer {VERA}"}
            answer = await client.post("/incidents/i-1/verdict", data=data, headers=bearer)
            assert answer.status == 403
            assert pages.verdicts == []
            await log_in(client, ALICE)
            data[FORM_FIELD] = await form_token(await client.get("/incidents/i-1"))
            assert (await client.post("/incidents/i-1/verdict", data=data)).status == 200

    asyncio.run(attack())
    assert [verdict.by for verdict in pages.verdicts] == ["alice"]


@pytest.mark.parametrize(
    ("told", "judged"), [("2400", 2400), ("999999999", 3400), ("", 400), ("-1", 400), ("1e9", 400)]
)
def test_a_verdict_judges_what_its_page_showed(make_incident, told: str, judged: int) -> None:
    pages = Pages(Settings(), make_incident())

    async def judge() -> int:
        async with pages.client() as client:
            page = await client.get("/incidents/i-1")
            assert 'name="judged_records" value="3400"' in await page.text()
            data = {
                FORM_FIELD: await form_token(page),
                "verdict": "benign",
                "judged_records": told,
            }
            answer = await client.post("/incidents/i-1/verdict", data=data, allow_redirects=False)
            return answer.status

    status = asyncio.run(judge())
    if judged == 400:
        assert (status, pages.verdicts) == (400, [])
    else:
        assert [verdict.judged_records for verdict in pages.verdicts] == [judged]


CONTROLS = ["%00", "%01", "%0a", "%0d%0a", "%1b", "%7f", "%c2%80", "a%00b"]


@pytest.mark.parametrize("text", CONTROLS)
def test_control_characters_in_an_address_are_a_wrong_request(make_incident, text: str) -> None:
    async def attack() -> None:
        async with Pages(Settings(), make_incident()).client() as client:
            for path in (
                f"/incidents/{text}",
                f"/api/incidents/{text}",
                f"/static/{text}",
                f"/static/x/{text}.css",
                f"/runbooks/{text}",
                f"/incidents?principal={text}",
                f"/incidents?tenant={text}",
                f"/incidents?status={text}",
                f"/api/incidents?{text}=1",
                f"/api/incidents?limit={text}",
                f"/login?next={text}",
                f"/{text}",
            ):
                assert await raw_status(client, path) == 400, path

    asyncio.run(attack())


@pytest.mark.parametrize(
    "target",
    [
        "/static/%00",
        "/static/" + "a" * 5_000,
        "/static/" + "%ff" * 300,
        "/runbooks/%2e%2e%2f%00",
        "/incidents/%ed%a0%80",
        "/incidents?principal=%ff%fe",
        "/incidents?offset=%d9%a1",
        "/api/incidents?limit=" + "9" * 4_000,
        "/static/..%2f..%2faccess_tokens.py",
        "//",
        "/incidents/" + "%2f" * 100,
        "*",
        "http://rebound.example/incidents",
    ],
)
def test_no_address_breaks_the_server(make_incident, target: str) -> None:
    async def attack() -> None:
        async with Pages(Settings(), make_incident()).client() as client:
            assert await raw_status(client, target) < 500

    asyncio.run(attack())


@pytest.fixture
def live(broker_address: str, tmp_path: Path, tokens: Path) -> Iterator[Settings]:
    settings = Settings(
        kafka=KafkaSettings(brokers=(broker_address,)),
        worker=WorkerSettings(data_directory=tmp_path / "worker"),
        web=WebSettings(token_file=tokens),
    )
    with closing(make_admin(settings.kafka)) as admin:
        create_topics(admin, settings)
    yield settings


def test_whoever_looks_is_written_down(
    live: Settings, make_incident: Callable[..., Incident]
) -> None:
    store = IncidentStore(10)
    store.take_incident(make_incident())

    async def visit() -> None:
        app = make_app(live, one_record_a_batch=True)
        application = add_incident_pages(
            app, live, store, lambda: None, {}, count_audit_failure=pytest.fail
        )
        server = TestServer(application)
        async with TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client:
            await log_in(client, "a-wrong-token-0123456789")
            wrong = {"Authorization": "Bearer another-wrong-token-0123"}
            assert (await client.get("/api/incidents", headers=wrong)).status == 401
            await log_in(client, ALICE)
            page = await client.get("/incidents/i-1")
            data = {
                FORM_FIELD: await form_token(page),
                "verdict": "benign",
                "note": "the secret of the note",
            }
            answer = await client.post("/incidents/i-1/verdict", data=data, allow_redirects=False)
            assert answer.status == 303
            await log_out(client)
            bearer = {"Authorization": f"Bearer {VERA}"}
            assert (await client.get("/api/incidents/i-1", headers=bearer)).status == 200
        await app.producer.stop()

    asyncio.run(visit())
    consumer = make_consumer(live.kafka, live.topics.audit, consumer_timeout_ms=3000)
    messages = list(consumer)
    consumer.close()
    told = [(json.loads(message.value), message.key) for message in messages]
    told.sort(key=lambda item: item[0]["time"])
    assert [(r["person"], r["role"], r["action"], r["incident_id"], key) for r, key in told] == [
        (None, None, "login_failed", None, None),
        (None, None, "login_failed", None, None),
        ("alice", "responder", "login", None, None),
        ("alice", "responder", "read", "i-1", b"A1"),
        ("alice", "responder", "verdict", "i-1", b"A1"),
        ("alice", "responder", "read", None, None),
        ("alice", "responder", "logout", None, None),
        ("vera", "viewer", "read", "i-1", b"A1"),
    ]
    assert {r["network"] for r, _ in told} == {"127.0.0.0/24"}
    words = b"".join(message.value for message in messages)
    for secret in (ALICE, VERA, "wrong-token", "the secret of the note"):
        assert secret.encode() not in words


def test_a_log_out_holds_on_every_worker(
    live: Settings, make_incident: Callable[..., Incident]
) -> None:
    """Also on one that starts later; and no writer on the topic ends a session."""
    store = IncidentStore(10)
    store.take_incident(make_incident())
    app = make_app(live, one_record_a_batch=True)

    def worker(authentication: Authentication) -> TestClient:
        application = add_incident_pages(
            app,
            live,
            store,
            lambda: None,
            {},
            count_audit_failure=pytest.fail,
            authentication=authentication,
        )
        return TestClient(TestServer(application), cookie_jar=CookieJar(unsafe=True))

    async def status(client: TestClient, session: str) -> int:
        headers = {"Cookie": f"{SESSION_COOKIE}={session}"}
        client.session.cookie_jar.clear()
        answer = await client.get("/incidents", headers=headers, allow_redirects=False)
        return answer.status

    async def attack() -> None:
        there, here, later = (Authentication(live) for _ in range(3))
        readers = [LogOutReader(live, a, count_failure=pytest.fail) for a in (here, later)]
        await readers[0].start()
        async with worker(there) as first, worker(here) as second, worker(later) as third:
            copied = await log_in(first, ALICE)
            kept = await log_in(second, ALICE)
            assert [await status(second, s) for s in (copied, kept)] == [200, 200]
            await send(live, forged_notices(kept))
            first.session.cookie_jar.update_cookies({SESSION_COOKIE: copied})
            await log_out(first)
            await readers[1].start()
            for client in (second, third):
                for _ in range(200):
                    if await status(client, copied) == 303:
                        break
                    await asyncio.sleep(0.05)
                assert [await status(client, s) for s in (copied, kept)] == [303, 200]
        for reader in readers:
            await reader.stop()
        await app.producer.stop()

    asyncio.run(attack())
    consumer = make_consumer(live.kafka, live.topics.audit, consumer_timeout_ms=2000)
    values = [message.value for message in consumer if message.value != b"nothing"]
    consumer.close()
    ends = [decode_audit(value).ended_session for value in values]
    (notice,) = [end for end in ends if end is not None and not end.endswith("forged")]
    assert AccessTokens({"alice": ALICE}).session_holder(notice, 0.0) is None


def forged_notices(session: str) -> list[str]:
    """Notices by somebody who knows the name and the time of a session, and floods with others."""
    encoded, ends, number, _ = session.split(".")
    notices = [f"{encoded}.{ends}.{number}.forged", f"{encoded}.99999999999.{'0' * 64}.forged"]
    return notices + [f"{encoded}.{ends}.{n:064d}.forged" for n in range(150)]


async def send(settings: Settings, notices: list[str]) -> None:
    producer = make_producer(settings.kafka, one_record_a_batch=True)
    for notice in notices:
        record = AuditRecord(
            time=datetime.now(UTC),
            person="alice",
            role="responder",
            action=AuditAction.LOGOUT,
            incident_id=None,
            network="",
            ended_session=notice,
        )
        producer.send(settings.topics.audit, value=encode_audit(record), partition=0)
    producer.send(settings.topics.audit, value=b"nothing", partition=0)
    producer.flush()
    producer.close()
