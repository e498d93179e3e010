"""Decides who may see the incident pages."""

import time
from collections.abc import Callable
from ipaddress import ip_address

from aiohttp import web

from models.domain.time_units import HOUR_SECONDS
from streams.settings.settings import Settings
from streams.web.access_tokens import AccessTokens, EndedSession, read_access_tokens
from streams.web.host_guard import LOOPBACK_NAMES, host_name
from streams.web.login_throttle import LoginThrottle
from streams.web.person import Person

SESSION_COOKIE = "sellerwatch_session"
# Name in a verdict for an unauthenticated user on a loopback address.
LOCAL_PERSON = Person("local")


class Authentication:
    """Identifies the sender of a request by a proxy header, a token, or a loopback address.

    Parameters
    ----------
    settings
        The sections worker, web and links.
    clock
        Seconds since 1970-01-01 UTC; sessions expire by it.
    throttle
        Slows down token guessing.

    Raises
    ------
    SettingsError
        If the token file is wrong.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.time,
        throttle: LoginThrottle | None = None,
    ) -> None:
        web_settings = settings.web
        self._header = web_settings.proxy_user_header
        self._networks = web_settings.proxy_networks
        self._session_seconds = web_settings.session_hours * HOUR_SECONDS
        self._is_https = settings.links.web_base_url.startswith("https:")
        self._clock = clock
        self._throttle = throttle or LoginThrottle(time.monotonic)
        path = web_settings.token_file
        self._tokens: AccessTokens | None = None if path is None else read_access_tokens(path)
        self._is_loopback = _is_loopback(settings.worker.web_host)

    @property
    def has_login(self) -> bool:
        """Whether a user without a session can log in with a token."""
        return self._tokens is not None

    @property
    def refusal(self) -> str:
        """What a refused user must do to get in."""
        if self.has_login:
            return "Log in with your token, or send it as 'Authorization: Bearer TOKEN'."
        if self._header is not None:
            return "Come through the proxy that web.proxy_networks and web.proxy_user_header name."
        if self._is_loopback:
            return "Use the address 127.0.0.1, or set web.token_file."
        return "Set web.token_file or web.proxy_user_header: this address is not loopback."

    def person(self, request: web.Request) -> Person | None:
        """Return who sends a request, or None if it must be refused."""
        if self._header is not None and (name := self._named_by_proxy(request)):
            return Person(name)
        if self._tokens is not None:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme.lower() == "bearer":
                return self._token_holder(token, request.remote)
            session = request.cookies.get(SESSION_COOKIE, "")
            return self._tokens.session_holder(session, self._clock())
        if self._header is None and self._is_loopback and _names_loopback(request.host):
            return LOCAL_PERSON
        return None

    def _named_by_proxy(self, request: web.Request) -> str | None:
        try:
            peer = ip_address((request.remote or "").partition("%")[0])
        except ValueError:
            return None
        if not any(peer in network for network in self._networks):
            return None
        return request.headers.get(self._header or "", "").strip() or None

    def wait_seconds(self, request: web.Request) -> int:
        """Return the seconds until the sender may try a token again; 0 if it may now."""
        return self._throttle.wait_seconds(request.remote)

    def _token_holder(self, token: str, address: str | None) -> Person | None:
        if self._tokens is None or self._throttle.wait_seconds(address):
            return None
        person = self._tokens.holder(token.strip())
        if person is None:
            self._throttle.count_failure(address)
        else:
            self._throttle.forget(address)
        return person

    def log_in(
        self, token: str, request: web.Request, response: web.StreamResponse
    ) -> Person | None:
        """Start a session in a response; return whose token it is, or None if it is wrong."""
        person = self._token_holder(token, request.remote)
        if self._tokens is None or person is None:
            return None
        session = self._tokens.open_session(person.name, self._clock() + self._session_seconds)
        response.set_cookie(
            SESSION_COOKIE,
            session,
            max_age=int(self._session_seconds),
            httponly=True,
            samesite="Strict",
            secure=self._is_https,
        )
        return person

    def log_out(self, request: web.Request, response: web.StreamResponse) -> EndedSession | None:
        """End the session of a request for good, copies of its cookie too."""
        response.del_cookie(SESSION_COOKIE)
        if self._tokens is None:
            return None
        return self._tokens.end_session(request.cookies.get(SESSION_COOKIE, ""), self._clock())

    def take_notice(self, notice: str) -> None:
        """End a session that was ended on another worker."""
        if self._tokens is not None:
            self._tokens.take_notice(notice, self._clock())


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _names_loopback(host: str) -> bool:
    # Whoever needs no password must at least have come under the machine's own name.
    return host_name(host) in LOOPBACK_NAMES
