import pytest
from aiohttp.test_utils import TestClient
from web_site import Site, form_token

from streams.web.form_guard import FORM_FIELD


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
