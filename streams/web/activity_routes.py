"""Answers requests that write to an incident's log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from json import JSONDecodeError
from typing import Final

from aiohttp import web

from models.errors import ActivityError
from models.incidents.activity import Activity, ActivityKind, activity_on
from models.incidents.incident import Incident
from streams.kafka.audit_topic import AuditAction
from streams.presentation.untrusted_text import sanitize
from streams.web.person import Person
from streams.web.routes import Routes, as_json

# Whom the page showed as the owner: somebody else may have been faster.
OWNER_FIELD: Final = "seen_owner"
_AFTER: Final = timedelta(milliseconds=1)


@dataclass(frozen=True)
class ActivityRoutes:
    """The request handlers of logs; what all pages share is in `routes`."""

    routes: Routes

    def add_to(self, application: web.Application) -> None:
        """Add all routes."""
        router = application.router
        router.add_post("/incidents/{incident_id}/activity", self.write)
        router.add_get("/api/incidents/{incident_id}/activity", self.log_json)
        router.add_post("/api/incidents/{incident_id}/activity", self.write_json)

    async def write(self, request: web.Request) -> web.Response:
        """Write an entry from the form and redirect to the incident."""
        person, incident = self._responder(request), self.routes.incident(request)
        form = await request.post()
        if not self.routes.guard.accepts(request, form):
            raise web.HTTPForbidden(text="The form has expired: reload the page and try again.")
        await self._write(request, incident, person, form)
        raise web.HTTPSeeOther(request.path.removesuffix("/activity") + "#desk")

    async def log_json(self, request: web.Request) -> web.Response:
        """Answer with an incident's owner and log."""
        incident = self.routes.incident(request)
        self.routes.note(request, AuditAction.READ, incident)
        store = self.routes.store.activities
        return as_json({"owner": store.owner(incident), "activity": store.log(incident)})

    async def write_json(self, request: web.Request) -> web.Response:
        """Write an entry from JSON; answer with it."""
        person, incident = self._responder(request), self.routes.incident(request)
        if not self.routes.guard.accepts_json(request):
            raise web.HTTPUnsupportedMediaType(text="Send JSON, as application/json.")
        try:
            told = await request.json()
        except (JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise web.HTTPBadRequest(text="The body is no JSON.") from error
        if not isinstance(told, dict):
            raise web.HTTPBadRequest(text="The body is no JSON object.")
        return as_json(await self._write(request, incident, person, told))

    async def _write(
        self,
        request: web.Request,
        incident: Incident,
        person: Person,
        told: Mapping[str, object],
    ) -> Activity:
        routes = self.routes
        activity = self._activity(incident, person, told)
        if activity.kind is ActivityKind.TAKEN and OWNER_FIELD in told:
            self._check_owner(incident, str(told[OWNER_FIELD]))
        await routes.send(activity, "The entry")
        routes.note(request, AuditAction.ACTIVITY, incident)
        routes.store.activities.take(activity, incident)
        return activity

    def _activity(self, incident: Incident, person: Person, told: Mapping[str, object]) -> Activity:
        try:
            kind = ActivityKind(str(told.get("action", "")))
            note = str(told.get("note", ""))
            return activity_on(incident, kind, note=note, at=self._moment(incident), by=person.name)
        except ActivityError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        except ValueError as error:
            text = f"action: expected one of {', '.join(ActivityKind)}"
            raise web.HTTPBadRequest(text=text) from error

    def _moment(self, incident: Incident) -> datetime:
        """Return the time, but after the newest entry: the clock of its worker may run ahead."""
        newest = [one.at + _AFTER for one in self.routes.store.activities.log(incident)[-1:]]
        return max([self.routes.clock.wall(), *newest])

    def _check_owner(self, incident: Incident, seen: str) -> None:
        owner = self.routes.store.activities.owner(incident)
        if owner is not None and owner.by != seen:
            text = f"{sanitize(owner.by, 64)} has just taken it: reload the page and talk first."
            raise web.HTTPConflict(text=text)

    def _responder(self, request: web.Request) -> Person:
        person = self.routes.authentication.person(request)
        if person is None or not person.may_judge:
            raise web.HTTPForbidden(text="Only responders write here, and you are a viewer.")
        return person
