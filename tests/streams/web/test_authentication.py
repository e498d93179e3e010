from pathlib import Path

from aiohttp.test_utils import TestClient
from web_site import ALICE, Site, form_token, token_settings

from streams.settings.sections import WebSettings, WorkerSettings
from streams.settings.settings import Settings
from streams.web.form_guard import FORM_FIELD


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
    # DNS rebinding: a foreign name that points to this machine.
    assert Site().get("/incidents", Host="rebound.example:6066")[0] == 403
    assert Site().get("/incidents", Host="localhost:6066")[0] == 200


def test_a_bearer_token_opens_the_api(tmp_path: Path) -> None:
    site = Site(token_settings(tmp_path))
    assert site.get("/api/incidents", Authorization=f"Bearer {ALICE}")[0] == 200
    assert site.get("/api/incidents", Authorization="Bearer alice")[0] == 401
    assert site.get("/api/incidents")[0] == 401


def test_who_tries_out_tokens_has_to_wait_and_who_is_in_goes_on(tmp_path: Path) -> None:
    site = Site(token_settings(tmp_path))

    async def talk(client: TestClient) -> None:
        page = await client.get("/login")
        data = {FORM_FIELD: await form_token(page), "next": "/incidents"}
        assert (await client.post("/login", data=data | {"token": ALICE})).status == 200
        # From the same address, without the session.
        wrong = {"Authorization": "Bearer wrong-token-0123456789", "Cookie": ""}
        said = [(await client.get("/api/incidents", headers=wrong)).status for _ in range(12)]
        assert said == [401] * 9 + [429] * 3
        form = await client.post("/login", data=data | {"token": ALICE})
        assert form.status == 429
        assert 0 < int(form.headers["Retry-After"]) <= 300
        assert "Too many wrong tokens" in await form.text()
        assert (await client.get("/incidents")).status == 200

    site.visit(talk)


def test_a_mistyped_token_or_two_cost_nothing(tmp_path: Path) -> None:
    site = Site(token_settings(tmp_path))

    async def talk(client: TestClient) -> None:
        data = {FORM_FIELD: await form_token(await client.get("/login"))}
        for _ in range(4):
            for _ in range(5):
                answer = await client.post("/login", data=data | {"token": "wrong"})
                assert answer.status == 403
            assert (await client.post("/login", data=data | {"token": ALICE})).status == 200

    site.visit(talk)
