"""Answers requests for planned changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from json import JSONDecodeError

from aiohttp import web

from models.errors import PlannedChangeError
from models.incidents.incident import Incident
from models.incidents.planned_change import PlannedChange
from streams.kafka.audit_topic import AuditAction
from streams.presentation.planned_form import ended, planned_change
from streams.web.person import Person
from streams.web.routes import Routes, as_json

PLANNED_PATH = "/planned"
_FIELDS = ("tenant", "principal", "from", "until", "records", "reference", "classes")


@dataclass(frozen=True)
class PlannedRoutes:
    """The request handlers of planned changes; what all pages share is in `routes`."""

    routes: Routes

    def add_to(self, application: web.Application) -> None:
        """Add all routes."""
        router = application.router
        router.add_get(PLANNED_PATH, self.list_planned)
        router.add_post(PLANNED_PATH, self.declare)
        router.add_post("/planned/{change_id}/end", self.end)
        router.add_get("/api/planned", self.planned_json)
        router.add_post("/api/planned", self.declare_json)

    async def list_planned(self, request: web.Request) -> web.Response:
        """Show all planned changes, and the form for another one."""
        self._note_read(request)
        return self._page(request, request.query, "")

    def _page(self, request: web.Request, told: Mapping[str, object], refusal: str) -> web.Response:
        routes, store = self.routes, self.routes.store
        return routes.html(
            request,
            "planned.html",
            rows=[(change, store.under(change)) for change in store.planned.all()],
            told={name: str(told.get(name, ""))[:300] for name in (*_FIELDS, "why")},
            refusal=refusal,
        )

    async def declare(self, request: web.Request) -> web.Response:
        """Declare a planned change from the form."""
        person = self._responder(request)
        form = await request.post()
        self._check_form(request, form)
        try:
            change = self._change(form, person)
        except PlannedChangeError as error:
            answer = self._page(request, form, str(error))
            answer.set_status(400)
            return answer
        await self._send(request, change)
        raise web.HTTPSeeOther(PLANNED_PATH)

    async def end(self, request: web.Request) -> web.Response:
        """End a planned change now."""
        person = self._responder(request)
        self._check_form(request, await request.post())
        change = self.routes.store.planned.get(request.match_info["change_id"])
        now = self.routes.clock.now()
        if change is None or change.until <= now:
            raise web.HTTPNotFound(text="No planned change has this id, or it is over.")
        declared_at = self.routes.clock.wall()
        await self._send(request, ended(change, now=now, declared_at=declared_at, by=person.name))
        raise web.HTTPSeeOther(PLANNED_PATH)

    async def planned_json(self, request: web.Request) -> web.Response:
        """Answer with all planned changes and the ids of their incidents."""
        self._note_read(request)
        store = self.routes.store
        return as_json({"planned": [_told(c, store.under(c)) for c in store.planned.all()]})

    async def declare_json(self, request: web.Request) -> web.Response:
        """Declare a planned change from JSON."""
        person = self._responder(request)
        if not self.routes.guard.accepts_json(request):
            raise web.HTTPUnsupportedMediaType(text="Send JSON, as application/json.")
        try:
            told = await request.json()
        except (JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise web.HTTPBadRequest(text="The body is no JSON.") from error
        if not isinstance(told, dict):
            raise web.HTTPBadRequest(text="The body is no JSON object.")
        try:
            change = self._change(told, person)
        except PlannedChangeError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        await self._send(request, change)
        return as_json(_told(change, []))

    def _change(self, told: Mapping[str, object], person: Person) -> PlannedChange:
        clock = self.routes.clock
        return planned_change(told, now=clock.now(), declared_at=clock.wall(), by=person.name)

    async def _send(self, request: web.Request, change: PlannedChange) -> None:
        routes = self.routes
        await routes.send(change, "The planned change")
        person = routes.authentication.person(request)
        routes.audit.note(request, AuditAction.PLANNED_CHANGE, person, tenant=change.tenant)
        routes.store.planned.take(change)

    def _responder(self, request: web.Request) -> Person:
        person = self.routes.authentication.person(request)
        if person is None or not person.may_judge:
            text = "Only responders declare planned changes, and you are a viewer."
            raise web.HTTPForbidden(text=text)
        return person

    def _check_form(self, request: web.Request, form: Mapping[str, object]) -> None:
        if not self.routes.guard.accepts(request, form):
            raise web.HTTPForbidden(text="The form has expired: reload the page and try again.")

    def _note_read(self, request: web.Request) -> None:
        person = self.routes.authentication.person(request)
        self.routes.audit.note(request, AuditAction.READ, person)


def _told(change: PlannedChange, incidents: list[Incident]) -> dict[str, object]:
    return {
        "change_id": change.change_id,
        "change": change,
        "incidents": [incident.incident_id for incident in incidents],
    }
