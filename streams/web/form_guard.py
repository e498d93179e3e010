"""Keeps other sites from submitting our forms."""

import hmac
from collections.abc import Mapping
from secrets import token_urlsafe
from urllib.parse import urlsplit

from aiohttp import web

FORM_COOKIE = "sellerwatch_form"
FORM_FIELD = "form_token"
_LONGEST = 64


class FormGuard:
    """Gives each browser a random value that must come back both in the form and in the cookie.

    The cookie goes only to this site (SameSite=Strict), and the browser's headers name the origin
    of a request. Both are checked.

    Parameters
    ----------
    is_https
        Whether the cookie is for HTTPS only.
    """

    def __init__(self, *, is_https: bool) -> None:
        self._is_https = is_https

    def value(self, request: web.Request) -> str:
        """Return the form value of a response: the browser's own, or a new one."""
        known = request.cookies.get(FORM_COOKIE, "")
        return known if 32 <= len(known) <= _LONGEST else token_urlsafe(32)

    def remember(self, response: web.StreamResponse, value: str) -> None:
        """Store the value in the browser's cookie."""
        response.set_cookie(
            FORM_COOKIE, value, httponly=True, samesite="Strict", secure=self._is_https
        )

    def accepts(self, request: web.Request, form: Mapping[str, object]) -> bool:
        """Whether a form came from one of our own pages."""
        cookie, field = request.cookies.get(FORM_COOKIE, ""), form.get(FORM_FIELD)
        if len(cookie) < 32 or not isinstance(field, str):
            return False
        is_same = hmac.compare_digest(cookie.encode(), field.encode("utf-8", "replace"))
        return is_same and _is_same_site(request)

    def accepts_json(self, request: web.Request) -> bool:
        """Whether a JSON body came from no foreign page: no form sends this type elsewhere."""
        return request.content_type == "application/json" and _is_same_site(request)


def _is_same_site(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.host.lower()
