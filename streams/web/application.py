"""Builds the web application of a worker."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from streams.exposure.policy_controls import Facts
from streams.kafka.audit_topic import AuditAction
from streams.settings.settings import Settings
from streams.web.access_audit import AccessAudit, SendAudit
from streams.web.activity_routes import ActivityRoutes
from streams.web.authentication import Authentication
from streams.web.credential_reach import CredentialReach
from streams.web.credential_routes import CredentialRoutes
from streams.web.evidence_routes import EvidenceRoutes, MakeEvidence
from streams.web.exposure_routes import CountExposure, ExposureRoutes
from streams.web.form_guard import FormGuard
from streams.web.host_guard import HostGuard
from streams.web.incident_store import IncidentStore
from streams.web.page_clock import PageClock
from streams.web.pages import Pages
from streams.web.people import People
from streams.web.planned_routes import PlannedRoutes
from streams.web.responder_desk import ResponderDesk
from streams.web.routes import LOGIN_PATH, NEXT_FIELD, WAIT_TEXT, Routes, SendVerdict
from streams.web.security_headers import add_security_headers

_STATIC = Path(__file__).parent / "static"
_LARGEST_FORM_BYTES = 16_384
# Paths that need no login: the login page and the health probes.
_PROBES = frozenset({"/healthz", "/readyz"})
_OPEN_PATHS = _PROBES | {LOGIN_PATH}
_OPEN_FOLDERS = ("/static/", "/runbooks/")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LONGEST_SEGMENT_BYTES = 200
_FOREIGN_HOST = (
    "These pages do not answer under this host name: use that of links.web_base_url, "
    "or add it to web.allowed_hosts."
)


def create_web_application(
    settings: Settings,
    store: IncidentStore,
    send_verdict: SendVerdict,
    clock: PageClock,
    kinds: Mapping[str, str],
    *,
    send_audit: SendAudit,
    count_audit_failure: Callable[[], None],
    authentication: Authentication | None = None,
    reach: CredentialReach | None = None,
    make_evidence: MakeEvidence | None = None,
    count_exposure: CountExposure | None = None,
    facts: Facts | None = None,
) -> web.Application:
    """Build the application; nothing listens until a server runs it.

    Parameters
    ----------
    settings
        The sections worker, web and links.
    store
        The incidents to show.
    send_verdict
        Writes a verdict or a planned change to the feedback topic.
    clock
        Tells the time that the pages show.
    kinds
        Principal -> declared kind, such as ``payment_processor``.
    send_audit
        Writes an access to the audit topic.
    count_audit_failure
        Called for each access that could not be written there.
    authentication
        Who may see the pages; by default, made from the settings.
    reach
        Tells what else a credential can read; without it, the pages say nothing of that.
    make_evidence
        Makes bundles of evidence; without it, there is no button for them.
    count_exposure, facts
        Count what was read in a period, and say what the settings tell of the controls; without
        both, there is no exposure report.

    Raises
    ------
    SettingsError
        If the token file or the people file is wrong.
    """
    authentication = Authentication(settings) if authentication is None else authentication
    audit = AccessAudit(send_audit, clock, count_audit_failure)
    pages = Pages()
    guard = FormGuard(is_https=settings.links.web_base_url.startswith("https:"))
    application = web.Application(
        client_max_size=_LARGEST_FORM_BYTES,
        middlewares=[
            _error_pages(pages),
            _plain_requests,
            _our_hosts(HostGuard(settings)),
            _admission(authentication, audit),
        ],
    )
    application.on_cleanup.append(audit.close)
    application.on_response_prepare.append(add_security_headers)
    dashboards = settings.links.dashboards
    desk = ResponderDesk(
        store,
        clock,
        settings.sources.s3_places,
        reach,
        kinds,
        makes_evidence=make_evidence is not None,
    )
    if make_evidence is not None:
        EvidenceRoutes(store, make_evidence, authentication, audit, guard, clock).add_to(
            application
        )
    routes = Routes(
        store,
        send_verdict,
        authentication,
        audit,
        guard,
        clock,
        pages,
        kinds,
        dashboards,
        desk,
        People.load(settings),
    )
    routes.add_to(application)
    PlannedRoutes(routes).add_to(application)
    CredentialRoutes(routes).add_to(application)
    ActivityRoutes(routes).add_to(application)
    if count_exposure is not None and facts is not None:
        ExposureRoutes(routes, count_exposure, facts).add_to(application)
    application.router.add_static("/static", _STATIC)
    return application


@web.middleware
async def _plain_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    # No file, no filter and no name has a control character; some of what they reach breaks on one.
    texts = [request.path, *request.query.keys(), *request.query.values()]
    if any(_CONTROL.search(text) for text in texts):
        raise web.HTTPBadRequest(text="The address contains control characters.")
    # A longer name of a file is an error of the operating system.
    if any(len(part.encode()) > _LONGEST_SEGMENT_BYTES for part in request.path.split("/")):
        raise web.HTTPBadRequest(text="A part of the address is too long.")
    return await handler(request)


def _our_hosts(guard: HostGuard) -> Middleware:
    @web.middleware
    async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
        # Probes come under a container's address.
        if request.path in _PROBES or guard.accepts(request):
            return await handler(request)
        raise web.HTTPForbidden(text=_FOREIGN_HOST)

    return check_host


def _admission(authentication: Authentication, audit: AccessAudit) -> Middleware:
    @web.middleware
    async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in _OPEN_PATHS or request.path.startswith(_OPEN_FOLDERS):
            return await handler(request)
        waited = authentication.wait_seconds(request)
        if authentication.person(request) is not None:
            return await handler(request)
        if authentication.has_login and "Authorization" in request.headers and not waited:
            audit.note(request, AuditAction.LOGIN_FAILED, None)
        if authentication.has_login and _wants_page(request):
            # A form sent after the session ended leads back to its page.
            target = request.path_qs if request.method == "GET" else request.path
            for suffix in ("/verdict", "/activity", "/end", "/evidence"):
                target = target.removesuffix(suffix)
            login = f"{LOGIN_PATH}?{urlencode({NEXT_FIELD: target})}"
            raise web.HTTPSeeOther(login)
        if (wait := authentication.wait_seconds(request)) and "Authorization" in request.headers:
            raise web.HTTPTooManyRequests(text=WAIT_TEXT, headers={"Retry-After": str(wait)})
        status = web.HTTPUnauthorized if authentication.has_login else web.HTTPForbidden
        raise status(text=authentication.refusal)

    return admit


def _error_pages(pages: Pages) -> Middleware:
    @web.middleware
    async def show_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < HTTPStatus.BAD_REQUEST:
                raise
            return _error(request, error, pages)

    return show_errors


def _error(request: web.Request, error: web.HTTPException, pages: Pages) -> web.Response:
    text = error.text or ""
    if text == f"{error.status}: {error.reason}":
        text = ""
    if not _wants_page(request):
        body = {"error": text or error.reason}
        response = web.json_response(body, status=error.status)
    else:
        page = pages.render(
            "message.html", title=error.reason, text=text, has_login=False, person=""
        )
        response = web.Response(text=page, status=error.status, content_type="text/html")
    if "Retry-After" in error.headers:
        response.headers["Retry-After"] = error.headers["Retry-After"]
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _wants_page(request: web.Request) -> bool:
    return not request.path.startswith("/api/") and "Authorization" not in request.headers
