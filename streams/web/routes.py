"""Answers requests for incidents."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import msgspec
from aiohttp import web

from models.incidents.feedback import Feedback, Verdict, feedback_on
from models.incidents.incident import Incident
from streams.web.authentication import SESSION_COOKIE, Authentication
from streams.web.form_guard import FORM_FIELD, FormGuard
from streams.web.incident_filter import FilterError, IncidentFilter
from streams.web.incident_page import incident_page
from streams.web.incident_store import IncidentStore
from streams.web.page_clock import PageClock
from streams.web.pages import Pages
from streams.web.story import story

SendVerdict = Callable[[Feedback], Awaitable[None]]
LIST_PATH = "/incidents"
LOGIN_PATH = "/login"
NEXT_FIELD = "next"
WAIT_TEXT = "Too many wrong tokens from this address: wait a few minutes and try again."
# A path on this site; anything that a browser reads as another host does not match.
_PATH = re.compile(r"/(?:incidents|api)[A-Za-z0-9/?&=%._~+-]{0,1000}")
_ON_A_PAGE = 50
_LARGEST_LIMIT = 1000
_SEND_SECONDS = 10.0


@dataclass(frozen=True)
class Routes:
    """The request handlers.

    Parameters
    ----------
    store
        The incidents to show.
    send_verdict
        Writes a verdict to the feedback topic and returns when it is acknowledged.
    authentication, guard, clock, pages
        Who may ask, which forms are ours, what time it is, and the templates.
    kinds
        Principal -> declared kind.
    dashboards
        Base address of the dashboards.
    """

    store: IncidentStore
    send_verdict: SendVerdict
    authentication: Authentication
    guard: FormGuard
    clock: PageClock
    pages: Pages
    kinds: Mapping[str, str]
    dashboards: str

    def add_to(self, application: web.Application) -> None:
        """Add all routes."""
        router = application.router
        router.add_get("/", self.front)
        router.add_get(LIST_PATH, self.list_incidents)
        router.add_get("/incidents/{incident_id}", self.show_incident)
        router.add_post("/incidents/{incident_id}/verdict", self.give_verdict)
        router.add_get("/api/incidents", self.incidents_json)
        router.add_get("/api/incidents/{incident_id}", self.incident_json)
        router.add_get(LOGIN_PATH, self.login_form)
        router.add_post(LOGIN_PATH, self.log_in)
        router.add_post("/logout", self.log_out)

    async def front(self, _: web.Request) -> web.Response:
        """Redirect to the list."""
        raise web.HTTPFound(LIST_PATH)

    async def list_incidents(self, request: web.Request) -> web.Response:
        """Show the incidents that match the query."""
        wanted = _filter(request)
        found = self.store.find(wanted)
        start = _number(request, "offset", 0, len(self.store))
        return self._html(
            request,
            "incidents.html",
            incidents=[self._row(incident) for incident in _cut(found, start)],
            found=len(found),
            pages_open=sum(i.page and i.status == "open" for i in found),
            start=start,
            on_a_page=_ON_A_PAGE,
            wanted=wanted,
            tenants=self.store.tenants(),
        )

    def _row(self, incident: Incident) -> tuple[Incident, str, Feedback | None]:
        told = story(incident, self.kinds.get(incident.principal, ""))
        return incident, told, self.store.verdict(incident.incident_id)

    async def show_incident(self, request: web.Request) -> web.Response:
        """Show one incident."""
        incident = self._incident(request)
        verdict = self.store.verdict(incident.incident_id)
        kind = self.kinds.get(incident.principal, "")
        page = incident_page(incident, verdict, self.clock.now(), kind, self.dashboards)
        return self._html(request, "incident.html", page=page)

    async def give_verdict(self, request: web.Request) -> web.Response:
        """Send a verdict to the feedback topic and redirect to the incident."""
        incident = self._incident(request)
        form = await request.post()
        if not self.guard.accepts(request, form):
            raise web.HTTPForbidden(text="The form has expired: reload the page and try again.")
        try:
            judgement = Verdict(str(form.get("verdict", "")))
        except ValueError as error:
            raise web.HTTPBadRequest(text="A verdict must be benign or malicious.") from error
        verdict = feedback_on(
            incident,
            judgement,
            note=str(form.get("note", "")),
            decided_at=self.clock.wall(),
            by=self.authentication.person(request) or "",
        )
        try:
            await asyncio.wait_for(self.send_verdict(verdict), _SEND_SECONDS)
        except TimeoutError as error:
            text = "The verdict was not saved: Kafka did not answer. Try again."
            raise web.HTTPServiceUnavailable(text=text) from error
        self.store.take_verdict(verdict)
        raise web.HTTPSeeOther(request.path.removesuffix("/verdict") + "#verdict")

    async def incidents_json(self, request: web.Request) -> web.Response:
        """Answer with the incidents that match the query."""
        found = self.store.find(_filter(request))
        start = _number(request, "offset", 0, len(self.store))
        limit = _number(request, "limit", _ON_A_PAGE, _LARGEST_LIMIT)
        cut = found[start : start + limit]
        return _json({"total": len(found), "incidents": [self._with_verdict(i) for i in cut]})

    async def incident_json(self, request: web.Request) -> web.Response:
        """Answer with one incident."""
        return _json(self._with_verdict(self._incident(request)))

    async def login_form(self, request: web.Request) -> web.Response:
        """Show the login form."""
        return self._login(request, request.query.get(NEXT_FIELD, ""), failed=False)

    def _login(self, request: web.Request, target: str, *, failed: bool) -> web.Response:
        return self._html(
            request, "login.html", failed=failed, target=target, next_field=NEXT_FIELD
        )

    async def log_in(self, request: web.Request) -> web.Response:
        """Open a session."""
        form = await request.post()
        target = str(form.get(NEXT_FIELD, ""))
        answer = web.HTTPSeeOther(target if _PATH.fullmatch(target) else LIST_PATH)
        if wait := self.authentication.wait_seconds(request):
            raise web.HTTPTooManyRequests(text=WAIT_TEXT, headers={"Retry-After": str(wait)})
        is_ours = self.guard.accepts(request, form)
        if is_ours and self.authentication.log_in(str(form.get("token", "")), request, answer):
            raise answer
        response = self._login(request, target, failed=True)
        response.set_status(HTTPStatus.FORBIDDEN)
        return response

    async def log_out(self, request: web.Request) -> web.Response:
        """End the session."""
        if not self.guard.accepts(request, await request.post()):
            raise web.HTTPForbidden(text="The form has expired: reload the page and try again.")
        answer = web.HTTPSeeOther(LOGIN_PATH)
        answer.del_cookie(SESSION_COOKIE)
        raise answer

    def _incident(self, request: web.Request) -> Incident:
        incident = self.store.incident(request.match_info["incident_id"])
        if incident is None:
            text = "No incident has this id, or it is so old that only the topic holds it."
            raise web.HTTPNotFound(text=text)
        return incident

    def _with_verdict(self, incident: Incident) -> dict[str, object]:
        verdict = self.store.verdict(incident.incident_id)
        return {"incident": incident, "verdict": verdict}

    def _html(self, request: web.Request, template: str, **values: object) -> web.Response:
        token = self.guard.value(request)
        common = {
            "person": self.authentication.person(request) or "",
            "has_login": self.authentication.has_login,
            "form_field": FORM_FIELD,
            "form_token": token,
            "now": self.clock.now(),
            "is_replayed": self.clock.is_replayed(),
        }
        text = self.pages.render(template, **(common | values))
        response = web.Response(text=text, content_type="text/html")
        self.guard.remember(response, token)
        return response


def _filter(request: web.Request) -> IncidentFilter:
    try:
        return IncidentFilter.from_query(request.query)
    except FilterError as error:
        raise web.HTTPBadRequest(text=str(error)) from error


def _number(request: web.Request, name: str, default: int, largest: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise web.HTTPBadRequest(text=f"{name}: expected a whole number, 0 or more")
    return min(int(text), largest)


def _cut(incidents: list[Incident], start: int) -> list[Incident]:
    return incidents[start : start + _ON_A_PAGE]


def _json(body: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), content_type="application/json")
