import json
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient
from web_site import ALICE, Site, form_token, token_settings

from streams.web.form_guard import FORM_FIELD

BOB, VERA = "bob-token-012345678901", "vera-token-01234567890"
PATH = "/incidents/i-1/activity"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def team(tmp_path: Path, make_incident) -> Site:
    site = Site(token_settings(tmp_path, f"alice: {ALICE}\nbob: {BOB}\nvera: {VERA} viewer\n"))
    site.store.take_incident(make_incident())
    return site


def test_it_is_taken_and_its_log_kept_from_the_page(site: Site) -> None:
    async def talk(client: TestClient) -> None:
        page = await client.get("/incidents/i-1")
        assert "nobody has taken it" in await page.text()
        data = {FORM_FIELD: await form_token(page), "seen_owner": ""}
        answer = await client.post(PATH, data=data | {"action": "taken"})
        assert "Taken by local" in await answer.text()
        note = {"action": "done", "note": "key <b> revoked, told jane@example.com"}
        text = await (await client.post(PATH, data=data | note)).text()
        assert "Done by local: key &lt;b&gt; revoked, told [mail]" in text
        assert "local has it" in await (await client.get("/incidents")).text()
        answer = await client.post(PATH, data=data | {"action": "released"})
        assert "Nobody has taken it" in await answer.text()

    site.visit(talk)
    assert [one.kind for one in site.sent] == ["taken", "done", "released"]
    assert [r["action"] for _, r in site.audited].count("activity") == 3


def test_a_second_responder_sees_it_and_does_not_take_it_by_accident(team: Site) -> None:
    async def talk(client: TestClient) -> None:
        taken = {"action": "taken"}
        answer = await client.post("/api" + PATH, json=taken, headers=bearer(ALICE))
        assert (await answer.json())["by"] == "alice"
        page = await client.get("/incidents/i-1", headers=bearer(BOB))
        assert "taken by alice" in await page.text()
        late = taken | {"seen_owner": ""}
        answer = await client.post("/api" + PATH, json=late, headers=bearer(BOB))
        assert answer.status == 409
        assert (await answer.json())["error"].startswith("alice has just taken it")
        knowing = taken | {"seen_owner": "alice"}
        assert (await client.post("/api" + PATH, json=knowing, headers=bearer(BOB))).status == 200
        found = await (await client.get("/api" + PATH, headers=bearer(VERA))).json()
        assert found["owner"]["by"] == "bob"
        assert [one["by"] for one in found["activity"]] == ["alice", "bob"]
        incident = await (await client.get("/api/incidents/i-1", headers=bearer(VERA))).json()
        assert incident["owner"]["by"] == "bob"

    team.visit(talk)


def test_a_viewer_reads_and_writes_nothing(team: Site) -> None:
    async def talk(client: TestClient) -> None:
        page = await client.get("/incidents/i-1", headers=bearer(VERA))
        assert "/activity" not in await page.text()
        for path in (PATH, "/api" + PATH):
            answer = await client.post(path, json={"action": "taken"}, headers=bearer(VERA))
            assert answer.status == 403, path

    team.visit(talk)
    assert team.sent == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "The body is no JSON."),
        (b"[]", "The body is no JSON object."),
        (b"{}", "action: expected one of taken, released, done, said"),
        (b'{"action": "said", "note": " "}', "not an activity: say in a note what was said"),
    ],
)
def test_what_is_wrong_is_named(team: Site, body: bytes, error: str) -> None:
    async def talk(client: TestClient) -> None:
        headers = bearer(ALICE) | {"Content-Type": "application/json"}
        answer = await client.post("/api" + PATH, data=body, headers=headers)
        assert (answer.status, (await answer.json())["error"]) == (400, error)

    team.visit(talk)
    assert team.sent == []


def test_a_form_of_another_site_is_refused(site: Site) -> None:
    async def talk(client: TestClient) -> None:
        assert (await client.post(PATH, data={"action": "taken"})).status == 403
        headers = {"Sec-Fetch-Site": "cross-site"}
        answer = await client.post("/api" + PATH, json={"action": "taken"}, headers=headers)
        assert answer.status == 415

    site.visit(talk)
    assert site.sent == []
    assert json.loads(site.get("/api" + PATH)[1]) == {"owner": None, "activity": []}
