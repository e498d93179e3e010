import json
import re
from pathlib import Path

import msgspec
import pytest
from aiohttp.test_utils import TestClient
from web_site import ALICE, Site, form_token, token_settings

from models.incidents.feedback import Verdict
from models.incidents.incident import Incident, IncidentKind
from streams.web.form_guard import FORM_FIELD


def test_the_page_tells_the_story_and_its_clock(site: Site) -> None:
    status, text = site.get("/incidents/i-1")
    assert status == 200
    assert "The payment processor app-1 read 7,631 customer records in 41 min, outside its" in text
    assert "100× usual" in text
    assert "203.0.113.40" in text
    assert "https://example.com/runbooks/bulk_read" in text
    assert "/d/sellerwatch-principal?var-tenant=A1&amp;var-principal=app-1" in text
    # Paged at 02:35; at 04:00 of the same day, 1 h 25 min of 24 h are used up.
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
    assert json.loads(body) == {"error": "status: 'ajar' is not one of open, closed"}
    assert site.get("/incidents?offset=-1")[0] == 400
    status, text = site.get("/incidents?group=credential")
    assert status == 400
    assert "group: &#39;credential&#39; is not one of principal, none" in text
    assert site.get("/incidents?group=principal")[0] == 200


def test_the_api_pages_through_its_incidents(make_incident) -> None:
    site = Site()
    for number in range(70):
        site.store.take_incident(make_incident(incident_id=f"i-{number}"))
    first = json.loads(site.get("/api/incidents")[1])
    rest = json.loads(site.get("/api/incidents?offset=50&limit=1000")[1])
    assert (first["total"], len(first["incidents"]), len(rest["incidents"])) == (70, 50, 20)
    assert "offset=50" in site.get("/incidents?group=none")[1]


def test_json_is_the_incident_as_its_topic_holds_it(site: Site, make_incident) -> None:
    status, body = site.get("/api/incidents/i-1")
    assert status == 200
    assert json.loads(body)["incident"] == json.loads(msgspec.json.encode(make_incident()))
    assert site.get("/api/incidents/none")[0] == 404


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


def test_an_empty_store_says_so() -> None:
    status, text = Site().get("/incidents")
    assert status == 200
    assert "No open pages" in text


def test_every_kind_has_a_story_and_steps(make_incident) -> None:
    for kind in IncidentKind:
        site = Site()
        site.store.take_incident(make_incident(kinds=(kind,)))
        assert site.get("/incidents/i-1")[0] == 200


def test_the_front_leads_to_the_list() -> None:
    assert Site().get("/")[0] == 302


def test_a_long_principal_is_written_out_once(make_incident) -> None:
    principal = "amzn1.sp.solution.0ca65ac3-6291-274c-93e6-eab8d2a22e12"
    text = f"{principal} read 5,000 customer records in an hour."
    told = msgspec.structs.replace(make_incident().reasons[0], text=text)
    site = Site()
    site.store.take_incident(make_incident(principal=principal, reasons=(told, told)))
    _, text = site.get("/incidents/i-1")
    # Next to the link to its dashboard, and what to do about it.
    shown = re.sub(r'href="[^"]*"', "", text.partition('id="commands"')[0])
    assert shown.count(principal) == 1
    assert "It read 5,000 customer records in an hour." in shown
    _, listed = site.get("/incidents")
    assert principal not in listed
    assert "solution …b8d2a22e12" in listed


def test_a_viewer_gets_no_commands(tmp_path: Path, make_incident) -> None:
    site = Site(token_settings(tmp_path, f"alice: {ALICE}\nvera: {ALICE[::-1]} viewer\n"))
    site.store.take_incident(make_incident())
    for token, shown in ((ALICE, True), (ALICE[::-1], False)):
        status, text = site.get("/incidents/i-1", Authorization=f"Bearer {token}")
        assert status == 200
        assert ("sellerwatch verdict i-1 malicious" in text) is shown
        assert ("Commands to copy" in text) is shown


def test_a_surge_of_the_fleet_is_told_as_one(fleet_incident: Incident) -> None:
    site = Site()
    site.store.take_incident(fleet_incident)
    _, text = site.get("/incidents/i-1")
    assert "Many integrations at once read 7,631 customer records" in text
    assert "start with the largest" in text
    assert "revoke" not in text
    assert "/d/sellerwatch-soc" in text
