"""Answers requests for the story of a credential."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from streams.kafka.audit_topic import AuditAction
from streams.web.credential_story import CredentialStory, credential_story
from streams.web.routes import Routes, as_json

CREDENTIAL_PATH: Final = "/credentials"
_CREDENTIAL_CHARACTERS: Final = 256


@dataclass(frozen=True)
class CredentialRoutes:
    """The request handlers of credentials; what all pages share is in `routes`."""

    routes: Routes

    def add_to(self, application: web.Application) -> None:
        """Add all routes."""
        application.router.add_get(CREDENTIAL_PATH, self.show)
        application.router.add_get("/api/credentials", self.show_json)

    async def show(self, request: web.Request) -> web.Response:
        """Show all incidents of a credential in the order in which they happened."""
        return self.routes.html(request, "credential.html", told=self._told(request))

    async def show_json(self, request: web.Request) -> web.Response:
        """Answer with all incidents of a credential, the first one first."""
        told = self._told(request)
        chapters = [
            {"incident": one.incident, "verdict": one.verdict, "news": one.news}
            for one in told.chapters
        ]
        body = {"credential": told.credential, "summary": told.summary, "incidents": chapters}
        return as_json(body)

    def _told(self, request: web.Request) -> CredentialStory:
        credential = request.query.get("id", "")
        if not credential:
            raise web.HTTPBadRequest(text="Name a credential: /credentials?id=KEY.")
        routes = self.routes
        routes.audit.note(request, AuditAction.READ, routes.authentication.person(request))
        told = credential_story(
            credential[:_CREDENTIAL_CHARACTERS],
            routes.store.all(),
            routes.store.verdict,
            lambda principal: routes.kinds.get(principal, ""),
        )
        if not told.chapters:
            raise web.HTTPNotFound(text="No incident that this worker remembers names it.")
        return told
