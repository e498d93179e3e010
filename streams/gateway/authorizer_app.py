"""Answers a proxy's question whether a call may pass, over HTTP."""

from collections.abc import AsyncIterator, Callable
from typing import Final

from aiohttp import ClientSession, DummyCookieJar, web

from streams.gateway.authorizer import Authorizer
from streams.gateway.key_file import KeyFile
from streams.gateway.marketplace_token import MarketplaceToken

CHECK_PATH: Final = "/check"
# Where SDKs of the seller API put their token, and the marketplace looks for it.
TOKEN_HEADER: Final = "x-amz-access-token"  # noqa: S105 - the name of a header
_SESSION: Final = web.AppKey("session", ClientSession)


def make_app(
    authorizer: Authorizer,
    keys: KeyFile,
    token: MarketplaceToken,
    now: Callable[[], float],
) -> web.Application:
    """Make the application that NGINX (`auth_request`) and Envoy (`ext_authz`) ask.

    A proxy asks with the caller's method, path and query behind ``/check``, and with the key in
    ``x-amz-access-token``. The answer's headers are for the proxy alone: who calls, and the
    marketplace's token for its own request.

    Parameters
    ----------
    authorizer, keys, token
        Who may call what, and what is injected.
    now
        The time in seconds since 1970.
    """

    async def check(request: web.Request, target: str) -> web.Response:
        presented = request.headers.getall(TOKEN_HEADER, [])
        decision = authorizer.decide(request.method, target, presented, keys.keys(), now())
        headers = {
            "x-application-id": decision.application_id,
            "x-credential-id": decision.credential_id,
            "x-refusal": decision.refusal,
        }
        if decision.status != web.HTTPOk.status_code:
            return web.Response(status=decision.status, headers=headers)
        injected = await token.current(request.app[_SESSION])
        if injected is None:
            headers["x-refusal"] = "no token of the marketplace"
            return web.Response(status=503, headers=headers)
        return web.Response(headers=headers | {TOKEN_HEADER: injected})

    async def answer(request: web.Request) -> web.Response:
        # As it was sent: a path with dots in it must reach nothing but the check.
        path = request.raw_path
        if path.startswith(CHECK_PATH + "/"):
            return await check(request, path.removeprefix(CHECK_PATH))
        return web.Response(text="ok\n") if path == "/healthz" else web.Response(status=404)

    app = web.Application()
    app.cleanup_ctx.append(_with_session)
    app.router.add_route("*", "/{path:.*}", answer)
    return app


async def _with_session(app: web.Application) -> AsyncIterator[None]:
    # What an authorization server sets as a cookie is nothing to keep.
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        app[_SESSION] = session
        yield
