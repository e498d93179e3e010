import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from models.domain.data_class import DataClass
from streams.catalogue.catalogue_files import load_catalogue
from streams.gateway.authorizer import Authorizer
from streams.gateway.authorizer_app import TOKEN_HEADER, make_app
from streams.gateway.gateway_key import GatewayKey
from streams.gateway.key_file import KeyFile
from streams.gateway.marketplace_token import MarketplaceToken
from streams.settings.sections import GatewaySettings

SECRET, KEY = GatewayKey.make("payments.example", (DataClass.FINANCIAL,), None)
FINANCES = "/check/finances/v0/financialEvents"


def ask(folder: Path, path: str, keys: list[str], *, token: str | None = "Atza|one") -> tuple:
    """Return the status and the headers of an answer."""
    file = folder / "keys.yaml"
    file.write_text(
        f"{KEY.credential_id}: {{application_id: payments.example, sha256: {KEY.sha256}, "
        "data_classes: [financial]}"
    )
    (folder / "token").write_text("before")
    settings = GatewaySettings(token_file=folder / "token")
    marketplace = MarketplaceToken(settings, lambda: 0.0)
    (folder / "token").write_text(token or "")

    async def run() -> tuple:
        app = make_app(Authorizer(load_catalogue()), KeyFile(file), marketplace, lambda: 0.0)
        async with TestServer(app) as server, ClientSession() as session:
            # As it stands, with its dots.
            url = type(server.make_url("/"))(f"http://127.0.0.1:{server.port}{path}", encoded=True)
            headers = [(TOKEN_HEADER, key) for key in keys]
            async with session.get(url, headers=headers) as answer:
                return answer.status, dict(answer.headers)

    return asyncio.run(run())


def test_a_call_that_may_pass_gets_the_token_of_the_marketplace(tmp_path: Path) -> None:
    status, headers = ask(tmp_path, FINANCES, [SECRET])
    assert status == 200
    assert headers[TOKEN_HEADER] == "Atza|one"
    assert headers["x-application-id"] == "payments.example"
    assert headers["x-credential-id"] == KEY.credential_id


@pytest.mark.parametrize(
    ("path", "keys", "status"),
    [
        (FINANCES, [], 401),
        (FINANCES, ["guess"], 401),
        (FINANCES, [SECRET, "guess"], 401),
        ("/check/orders/v0/orders", [SECRET], 403),
        ("/check/../healthz", [SECRET], 403),
        ("/check/%2e%2e/healthz", [SECRET], 403),
        ("/check", [SECRET], 404),
        ("/", [SECRET], 404),
        ("/healthz?a=1", [SECRET], 404),
    ],
)
def test_no_other_answer_holds_the_token(
    tmp_path: Path, path: str, keys: list[str], status: int
) -> None:
    found, headers = ask(tmp_path, path, keys)
    assert found == status
    assert TOKEN_HEADER not in headers
    assert "Atza" not in str(headers)


def test_without_a_token_nothing_passes(tmp_path: Path) -> None:
    status, headers = ask(tmp_path, FINANCES, [SECRET], token=None)
    assert (status, headers["x-refusal"]) == (503, "no token of the marketplace")
    assert headers["x-application-id"] == "payments.example"


def test_it_says_that_it_lives(tmp_path: Path) -> None:
    assert ask(tmp_path, "/healthz", [])[0] == 200
