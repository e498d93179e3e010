import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from aiohttp.test_utils import TestClient
from web_site import ALICE, NOW, Site, form_token, token_settings

from models.incidents.planned_change import PlannedChange
from streams.web.form_guard import FORM_FIELD

VERA = "vera-token-01234567890"
TOLD = {
    "tenant": "A1",
    "principal": "app-1",
    "until": "18:00",
    "records": "200,000",
    "reference": "4711",
    "why": "backfill",
}
CHANGE = PlannedChange(
    tenant="A1",
    principal="app-1",
    starts_at=datetime.fromtimestamp(NOW, UTC),
    until=datetime.fromtimestamp(NOW, UTC) + timedelta(hours=2),
    records=200_000,
    reference="4711",
    why="backfill <b>",
    declared_at=datetime.fromtimestamp(NOW, UTC) - timedelta(minutes=5),
    by="alice",
)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_responder_declares_one_on_the_page(make_incident) -> None:
    site = Site()

    async def talk(client: TestClient) -> None:
        page = await client.get("/planned?tenant=A1&principal=app-1")
        assert 'value="app-1"' in await page.text()
        data = TOLD | {FORM_FIELD: await form_token(page)}
        answer = await client.post("/planned", data=data)
        assert answer.status == 200
        text = await answer.text()
        assert "4711: backfill" in text
        assert "nothing told yet" in text
        assert "End it now" in text

    site.visit(talk)
    (change,) = site.sent
    assert (change.principal, change.records, change.by) == ("app-1", 200_000, "local")
    assert change.until == datetime(2026, 1, 26, 18, tzinfo=UTC)
    assert ("planned_change", "local") in [(r["action"], r["person"]) for _, r in site.audited]
    assert b"A1" in [key for key, record in site.audited if record["action"] == "planned_change"]


def test_what_is_wrong_is_said_beside_the_form_which_keeps_its_words() -> None:
    site = Site()

    async def talk(client: TestClient) -> None:
        page = await client.get("/planned")
        data = TOLD | {"records": "<many>", FORM_FIELD: await form_token(page)}
        answer = await client.post("/planned", data=data)
        text = await answer.text()
        assert answer.status == 400
        assert "records: &#39;&lt;many&gt;&#39; is no number" in text
        assert 'value="4711"' in text

    site.visit(talk)
    assert site.sent == []


def test_a_form_of_another_site_is_refused() -> None:
    site = Site()

    async def talk(client: TestClient) -> None:
        assert (await client.post("/planned", data=TOLD)).status == 403
        headers = {"Sec-Fetch-Site": "cross-site"}
        assert (await client.post("/api/planned", json=TOLD, headers=headers)).status == 415
        body = json.dumps(TOLD)
        headers = {"Content-Type": "text/plain"}
        assert (await client.post("/api/planned", data=body, headers=headers)).status == 415

    site.visit(talk)
    assert site.sent == []


def test_a_viewer_reads_and_declares_none(tmp_path: Path) -> None:
    site = Site(token_settings(tmp_path, f"alice: {ALICE}\nvera: {VERA} viewer\n"))
    site.store.planned.take(CHANGE)

    async def talk(client: TestClient) -> None:
        text = await (await client.get("/planned", headers=bearer(VERA))).text()
        assert "backfill &lt;b&gt;" in text
        assert "End it now" not in text
        assert "<textarea" not in text
        for path in ("/planned", f"/planned/{CHANGE.change_id}/end"):
            answer = await client.post(path, data=TOLD, headers=bearer(VERA))
            assert answer.status == 403, path
        answer = await client.post("/api/planned", json=TOLD, headers=bearer(VERA))
        assert answer.status == 403

    site.visit(talk)
    assert site.sent == []


def test_the_api_declares_and_lists(tmp_path: Path, make_incident) -> None:
    site = Site(token_settings(tmp_path))

    async def talk(client: TestClient) -> None:
        answer = await client.post("/api/planned", json=TOLD, headers=bearer(ALICE))
        assert answer.status == 200
        name = (await answer.json())["change_id"]
        (sent,) = site.sent
        inside = make_incident(incident_id="i-7", page=False, planned=sent)
        site.store.take_incident(inside)
        found = (await (await client.get("/api/planned", headers=bearer(ALICE))).json())["planned"]
        assert [(one["change_id"], one["incidents"]) for one in found] == [(name, ["i-7"])]
        assert found[0]["change"]["by"] == "alice"

    site.visit(talk)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"until": 7}', b"{}"])
def test_a_body_that_is_none_is_refused_in_one_line(tmp_path: Path, body: bytes) -> None:
    site = Site(token_settings(tmp_path))

    async def talk(client: TestClient) -> None:
        headers = bearer(ALICE) | {"Content-Type": "application/json"}
        answer = await client.post("/api/planned", data=body, headers=headers)
        assert answer.status == 400
        assert "\n" not in (await answer.json())["error"]

    site.visit(talk)


def test_it_is_ended_from_the_page() -> None:
    site = Site()
    site.store.planned.take(CHANGE)

    async def talk(client: TestClient) -> None:
        page = await client.get("/planned")
        data = {FORM_FIELD: await form_token(page)}
        answer = await client.post(f"/planned/{CHANGE.change_id}/end", data=data)
        assert "· over" in await answer.text()
        again = await client.post(f"/planned/{CHANGE.change_id}/end", data=data)
        assert again.status == 404

    site.visit(talk)
    assert [change.until.timestamp() for change in site.sent] == [NOW]


@pytest.mark.parametrize(
    ("page", "text"), [(False, "nobody was paged"), (True, "More was read than it allows")]
)
def test_an_incident_says_who_declared_what(make_incident, page: bool, text: str) -> None:
    site = Site()
    site.store.take_incident(make_incident(incident_id="i-7", page=page, planned=CHANGE))
    status, shown = site.get("/incidents/i-7")
    assert status == 200
    assert text in shown
    assert "declared by alice" in shown
    assert ("whether the job needs more" if page else "Nothing, if the change is right") in shown
    assert "backfill &lt;b&gt;" in shown
    body = json.loads(site.get("/api/incidents/i-7")[1])
    assert body["incident"]["planned"] == json.loads(msgspec.json.encode(CHANGE))
