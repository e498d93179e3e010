"""Makes a bundle of evidence on demand, and sends it to the responder's browser."""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Final

from aiohttp import web

from models.errors import BrokerError
from models.incidents.incident import Incident
from streams.evidence.evidence_maker import MadeBundle
from streams.evidence.manifest import Making
from streams.kafka.audit_topic import AuditAction
from streams.version import __version__
from streams.web.access_audit import AccessAudit
from streams.web.authentication import Authentication
from streams.web.form_guard import FormGuard
from streams.web.incident_store import IncidentStore
from streams.web.page_clock import PageClock

# Incident, who makes it, the file, and how many seconds it may take.
MakeEvidence = Callable[[Incident, Making, IO[bytes], float], MadeBundle]
_SECONDS: Final = 60.0
_CHUNK_BYTES: Final = 65_536
_IN_MEMORY_BYTES: Final = 8_000_000


@dataclass(frozen=True)
class EvidenceRoutes:
    """Answers the button of an incident's page; one bundle at a time.

    Parameters
    ----------
    store
        The incidents.
    make
        Makes a bundle; it reads Kafka, in a thread of its own.
    authentication, audit, guard, clock
        Who may ask, who asked, which forms are ours, and what time it is.
    """

    store: IncidentStore
    make: MakeEvidence
    authentication: Authentication
    audit: AccessAudit
    guard: FormGuard
    clock: PageClock
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    def add_to(self, application: web.Application) -> None:
        """Add the route."""
        application.router.add_post("/incidents/{incident_id}/evidence", self.send_bundle)

    async def send_bundle(self, request: web.Request) -> web.StreamResponse:
        """Make the bundle of an incident and send it as a file."""
        incident = self.store.incident(request.match_info["incident_id"])
        if incident is None:
            raise web.HTTPNotFound(text="No incident has this id.")
        person = self.authentication.person(request)
        if person is None or not person.may_judge:
            raise web.HTTPForbidden(text="Only responders take evidence, and you are a viewer.")
        if not self.guard.accepts(request, await request.post()):
            raise web.HTTPForbidden(text="The form has expired: reload the page and try again.")
        if self.busy.locked():
            text = "Another bundle is being made: try again in a minute."
            raise web.HTTPTooManyRequests(text=text, headers={"Retry-After": str(int(_SECONDS))})
        making = Making(
            at=self.clock.wall(),
            by=person.name,
            role=person.role.value,
            via="page",
            sellerwatch=__version__,
        )
        with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as file:
            async with self.busy:
                made = await self._made(incident, making, file)
            self.audit.note(
                request,
                AuditAction.EVIDENCE,
                person,
                tenant=incident.tenant,
                incident_id=incident.incident_id,
                digest=made.digest,
            )
            return await _send(request, incident, made, file)

    async def _made(self, incident: Incident, making: Making, file: IO[bytes]) -> MadeBundle:
        try:
            return await asyncio.to_thread(self.make, incident, making, file, _SECONDS)
        except BrokerError as error:
            text = "The evidence was not gathered: Kafka did not answer. Try again."
            raise web.HTTPServiceUnavailable(text=text) from error


async def _send(
    request: web.Request, incident: Incident, made: MadeBundle, file: IO[bytes]
) -> web.StreamResponse:
    name = "".join(one for one in incident.incident_id[:64] if one.isascii() and one.isalnum())
    response = web.StreamResponse(
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": f'attachment; filename="evidence-{name or "bundle"}.zip"',
            "X-Manifest-SHA256": made.digest,
        }
    )
    response.content_length = file.seek(0, 2)
    file.seek(0)
    await response.prepare(request)
    while chunk := file.read(_CHUNK_BYTES):
        await response.write(chunk)
    await response.write_eof()
    return response
