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
from streams.kafka.audit_topic import AuditAction
from streams.kafka.feedback_topic import Told
from streams.presentation.untrusted_text import sanitize
from streams.web.access_audit import AccessAudit
from streams.web.authentication import Authentication
from streams.web.form_guard import FORM_FIELD, FormGuard
from streams.web.incident_filter import FilterError, IncidentFilter
from streams.web.incident_group import IncidentGroup, group_by_principal
from streams.web.incident_page import incident_page
from streams.web.incident_store import IncidentStore
from streams.web.page_clock import PageClock
from streams.web.pages import Pages
from streams.web.people import People
from streams.web.responder_desk import ResponderDesk
from streams.web.story import story

SendVerdict = Callable[[Told], Awaitable[None]]
LIST_PATH = "/incidents"
LOGIN_PATH = "/login"
NEXT_FIELD = "next"
# What the page showed: it may have grown since.
SIZE_FIELD = "judged_records"
WAIT_TEXT = "Too many wrong tokens from this address: wait a few minutes and try again."
# A path on this site; anything that a browser reads as another host does not match.
_PATH = re.compile(r"/(?:incidents|planned|credentials|report|api)[A-Za-z0-9/?&=%._~+-]{0,1000}")
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
        Writes a verdict or a planned change to the feedback topic and returns when it is
        acknowledged.
    authentication, audit, guard, clock, pages
        Who may ask, who asked, which forms are ours, what time it is, and the templates.
    kinds
        Principal -> declared kind.
    dashboards
        Base address of the dashboards.
    desk
        Commands to copy, and what else a credential can read.
    people
        Who is behind a principal, for those who may see names.
    """

    store: IncidentStore
    send_verdict: SendVerdict
    authentication: Authentication
    audit: AccessAudit
    guard: FormGuard
    clock: PageClock
    pages: Pages
    kinds: Mapping[str, str]
    dashboards: str
    desk: ResponderDesk
    people: People

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
        self._note_list(request, wanted)
        found = self.store.find(wanted)
        is_flat = _is_flat(request)
        groups = [IncidentGroup((i,)) for i in found] if is_flat else group_by_principal(found)
        start = _number(request, "offset", 0, len(self.store))
        return self.html(
            request,
            "incidents.html",
            groups=[
                (group, self._row(group.lead), [self._row(one) for one in group.folded])
                for group in groups[start : start + _ON_A_PAGE]
            ],
            listed=len(groups),
            group="none" if is_flat else "",
            found=len(found),
            pages_open=sum(i.is_paging for i in found),
            start=start,
            on_a_page=_ON_A_PAGE,
            wanted=wanted,
            tenants=self.store.tenants(),
        )

    def _row(self, incident: Incident) -> tuple[Incident, str, Feedback | None, str]:
        told = story(incident, self.kinds.get(incident.principal, ""))
        name = incident.incident_id
        return incident, told, self.store.verdict(name), self.store.owner_of(name)

    async def show_incident(self, request: web.Request) -> web.Response:
        """Show one incident."""
        incident = self.incident(request)
        verdict = self.store.verdict(incident.incident_id)
        self.note(request, AuditAction.READ, incident)
        kind = self.kinds.get(incident.principal, "")
        page = incident_page(incident, verdict, self.clock.now(), kind, self.dashboards)
        desk = self.desk.view(incident, self.authentication.person(request))
        return self.html(request, "incident.html", page=page, desk=desk)

    async def give_verdict(self, request: web.Request) -> web.Response:
        """Send a verdict to the feedback topic and redirect to the incident."""
        incident = self.incident(request)
        person = self.authentication.person(request)
        if person is None or not person.may_judge:
            raise web.HTTPForbidden(text="Only responders give verdicts, and you are a viewer.")
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
            by=person.name,
            judged_records=_seen_size(form.get(SIZE_FIELD)),
        )
        await self.send(verdict, "The verdict")
        self.note(request, AuditAction.VERDICT, incident)
        self.store.take_verdict(verdict)
        raise web.HTTPSeeOther(request.path.removesuffix("/verdict") + "#verdict")

    async def send(self, told: Told, what: str) -> None:
        """Write to the feedback topic, and wait until Kafka has it."""
        try:
            await asyncio.wait_for(self.send_verdict(told), _SEND_SECONDS)
        except TimeoutError as error:
            text = f"{what} was not saved: Kafka did not answer. Try again."
            raise web.HTTPServiceUnavailable(text=text) from error

    async def incidents_json(self, request: web.Request) -> web.Response:
        """Answer with the incidents that match the query."""
        wanted = _filter(request)
        self._note_list(request, wanted)
        found = self.store.find(wanted)
        start = _number(request, "offset", 0, len(self.store))
        limit = _number(request, "limit", _ON_A_PAGE, _LARGEST_LIMIT)
        cut = found[start : start + limit]
        return as_json({"total": len(found), "incidents": [self._with_verdict(i) for i in cut]})

    async def incident_json(self, request: web.Request) -> web.Response:
        """Answer with one incident."""
        incident = self.incident(request)
        self.note(request, AuditAction.READ, incident)
        return as_json(self._with_verdict(incident))

    async def login_form(self, request: web.Request) -> web.Response:
        """Show the login form."""
        return self._login(request, request.query.get(NEXT_FIELD, ""), failed=False)

    def _login(self, request: web.Request, target: str, *, failed: bool) -> web.Response:
        return self.html(request, "login.html", failed=failed, target=target, next_field=NEXT_FIELD)

    async def log_in(self, request: web.Request) -> web.Response:
        """Open a session."""
        form = await request.post()
        target = str(form.get(NEXT_FIELD, ""))
        answer = web.HTTPSeeOther(target if _PATH.fullmatch(target) else LIST_PATH)
        if wait := self.authentication.wait_seconds(request):
            raise web.HTTPTooManyRequests(text=WAIT_TEXT, headers={"Retry-After": str(wait)})
        if self.guard.accepts(request, form):
            person = self.authentication.log_in(str(form.get("token", "")), request, answer)
            if person is not None:
                self.audit.note(request, AuditAction.LOGIN, person)
                raise answer
            self.audit.note(request, AuditAction.LOGIN_FAILED, None)
        response = self._login(request, target, failed=True)
        response.set_status(HTTPStatus.FORBIDDEN)
        return response

    async def log_out(self, request: web.Request) -> web.Response:
        """End the session."""
        if not self.guard.accepts(request, await request.post()):
            raise web.HTTPForbidden(text="The form has expired: reload the page and try again.")
        answer = web.HTTPSeeOther(LOGIN_PATH)
        ended = self.authentication.log_out(request, answer)
        if ended is not None:
            # Every worker reads it, and refuses the session from then on.
            self.audit.note(request, AuditAction.LOGOUT, ended.person, ended_session=ended.notice)
        raise answer

    def note(self, request: web.Request, action: AuditAction, incident: Incident) -> None:
        """Write down who did what with an incident."""
        person = self.authentication.person(request)
        tenant, incident_id = incident.tenant, incident.incident_id
        self.audit.note(request, action, person, tenant=tenant, incident_id=incident_id)

    def _note_list(self, request: web.Request, wanted: IncidentFilter) -> None:
        person = self.authentication.person(request)
        self.audit.note(request, AuditAction.READ, person, tenant=wanted.tenant or None)

    def incident(self, request: web.Request) -> Incident:
        """Return the incident that a request names."""
        incident = self.store.incident(request.match_info["incident_id"])
        if incident is None:
            text = "No incident has this id, or it is so old that only the topic holds it."
            raise web.HTTPNotFound(text=text)
        return incident

    def _with_verdict(self, incident: Incident) -> dict[str, object]:
        verdict = self.store.verdict(incident.incident_id)
        owner = self.store.activities.owner(incident)
        return {"incident": incident, "verdict": verdict, "owner": owner}

    def html(self, request: web.Request, template: str, **values: object) -> web.Response:
        """Answer with a page."""
        token = self.guard.value(request)
        person = self.authentication.person(request)
        common = {
            "person": "" if person is None else person.name,
            "may_judge": person is not None and person.may_judge,
            "size_field": SIZE_FIELD,
            "has_login": self.authentication.has_login,
            "form_field": FORM_FIELD,
            "form_token": token,
            "now": self.clock.now(),
            "is_replayed": self.clock.is_replayed(),
        }
        if person is not None and person.may_see_names:
            common |= {"named": self.people.named, "name_of": self.people.name_of}
        text = self.pages.render(template, **(common | values))
        response = web.Response(text=text, content_type="text/html")
        self.guard.remember(response, token)
        return response


def _filter(request: web.Request) -> IncidentFilter:
    try:
        return IncidentFilter.from_query(request.query)
    except FilterError as error:
        raise web.HTTPBadRequest(text=str(error)) from error


def _is_flat(request: web.Request) -> bool:
    group = request.query.get("group", "")
    if group not in {"", "principal", "none"}:
        text = f"group: '{sanitize(group, 40)}' is not one of principal, none"
        raise web.HTTPBadRequest(text=text)
    return group == "none"


def _number(request: web.Request, name: str, default: int, largest: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise web.HTTPBadRequest(text=f"{name}: expected a whole number, 0 or more")
    return min(int(text), largest)


def _seen_size(told: object) -> int | None:
    if told is None:
        return None
    if not (isinstance(told, str) and told.isascii() and told.isdigit() and len(told) < 17):
        raise web.HTTPBadRequest(text=f"{SIZE_FIELD}: expected a whole number, 0 or more")
    return int(told)


def as_json(body: object) -> web.Response:
    """Answer with JSON."""
    return web.Response(body=msgspec.json.encode(body), content_type="application/json")
