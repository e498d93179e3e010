import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from models.errors import SettingsError
from streams.gateway.marketplace_token import MarketplaceToken
from streams.settings.sections import GatewaySettings

GOOD = {"access_token": "Atza|one", "expires_in": 3600}


def ask(folder: Path, answers: list[object], times: list[float]) -> list[str | None]:
    """Ask for the token at each of these times of a login that gives these answers in turn."""
    (folder / "secret").write_text("the-secret")
    (folder / "refresh").write_text("the-refresh-token")
    left, clock = list(answers), [0.0]

    async def login(request: web.Request) -> web.Response:
        form = await request.post()
        assert form["client_secret"] == "the-secret"
        assert (form["grant_type"], form["refresh_token"]) == ("refresh_token", "the-refresh-token")
        answer = left.pop(0)
        if isinstance(answer, int):
            return web.Response(status=answer, headers={"Location": "http://127.0.0.1:9/"})
        return web.json_response(answer)

    async def run() -> list[str | None]:
        app = web.Application()
        app.router.add_post("/token", login)
        async with TestServer(app) as server, ClientSession() as session:
            token = MarketplaceToken(
                GatewaySettings(
                    lwa_client_id="client",
                    lwa_client_secret_file=folder / "secret",
                    lwa_refresh_token_file=folder / "refresh",
                    lwa_endpoint=f"http://127.0.0.1:{server.port}/token",
                ),
                lambda: clock[0],
            )
            found = []
            for clock[0] in times:
                asked = [token.current(session) for _ in range(3)]
                (now,) = set(await asyncio.gather(*asked))
                found.append(now)
            return found

    found = asyncio.run(run())
    assert left == []
    return found


def test_a_token_is_asked_for_once_and_renewed_before_it_ends(tmp_path: Path) -> None:
    second = GOOD | {"access_token": "Atza|two"}
    found = ask(tmp_path, [GOOD, second], [0, 3_000, 3_299, 3_301, 3_500])
    assert found == ["Atza|one"] * 3 + ["Atza|two"] * 2


def test_a_login_that_fails_is_tried_again_while_the_token_holds(tmp_path: Path) -> None:
    found = ask(tmp_path, [GOOD, 500, 500, GOOD], [0, 3_301, 3_302, 3_601, 3_602, 3_612])
    assert found == ["Atza|one", "Atza|one", "Atza|one", None, None, "Atza|one"]


@pytest.mark.parametrize(
    "answer",
    [
        {}, [], 400, 302, {"access_token": "x"}, {"access_token": "", "expires_in": 60},
        {"access_token": "a\r\nx: y", "expires_in": 60}, {"access_token": "x", "expires_in": -1},
        {"access_token": "x", "expires_in": float("nan")}, {"access_token": 7, "expires_in": 60},
        {"access_token": "x" * 9_000, "expires_in": 60},
    ],
)  # fmt: skip
def test_what_is_no_token_is_none(tmp_path: Path, answer: object) -> None:
    assert ask(tmp_path, [answer], [0]) == [None]


def test_a_file_is_read_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("first")
    token = MarketplaceToken(GatewaySettings(token_file=path), lambda: 0.0)

    async def now() -> str | None:
        async with ClientSession() as session:
            return await token.current(session)

    assert asyncio.run(now()) == "first"
    path.write_text("second\n")
    assert asyncio.run(now()) == "second"
    path.unlink()
    assert asyncio.run(now()) is None


def test_without_a_credential_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="set token_file, or lwa_client_id"):
        MarketplaceToken(GatewaySettings(), lambda: 0.0)
    with pytest.raises(SettingsError, match=r"gateway\.token_file: .* cannot be read"):
        MarketplaceToken(GatewaySettings(token_file=tmp_path / "absent"), lambda: 0.0)
