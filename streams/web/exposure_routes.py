"""Answers requests for the exposure report, as a page and as a PDF."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from aiohttp import web

from models.errors import BrokerError, InputError
from streams.exposure.exposure_reader import CountedTopic
from streams.exposure.exposure_report import ExposureReport, exposure_report
from streams.exposure.period import Period
from streams.exposure.policy_controls import Facts
from streams.exposure.report_pdf import report_pdf
from streams.exposure.report_words import (
    HOW_COUNTED,
    classes_read,
    headline,
    incident_words,
    places_read_from,
    reader_name,
    volume,
)
from streams.kafka.audit_topic import AuditAction
from streams.web.person import Person
from streams.web.routes import Routes

# Period, tenant, and how many seconds it may take.
CountExposure = Callable[[Period, str | None, float], CountedTopic]
REPORT_PATH: Final = "/report"
_SECONDS: Final = 45.0
_KEPT: Final = 4
_KEPT_SECONDS: Final = 600.0
_TENANT_CHARACTERS: Final = 200
_WORDS: Final = {
    "classes_read": classes_read,
    "headline": headline,
    "how_counted": HOW_COUNTED,
    "incident_words": incident_words,
    "places_read_from": places_read_from,
    "reader_name": reader_name,
    "volume": volume,
}
_Key = tuple[Period, str | None]


@dataclass(frozen=True)
class ExposureRoutes:
    """The request handlers of reports; one period is counted at a time.

    Parameters
    ----------
    routes
        What all pages share.
    count
        Counts a period; it reads Kafka, in a thread of its own.
    facts
        What the settings say of the controls.
    monotonic
        Seconds; counted periods are kept for some minutes by it.
    """

    routes: Routes
    count: CountExposure
    facts: Facts
    monotonic: Callable[[], float] = time.monotonic
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    kept: OrderedDict[_Key, tuple[float, ExposureReport]] = field(default_factory=OrderedDict)

    def add_to(self, application: web.Application) -> None:
        """Add all routes."""
        application.router.add_get(REPORT_PATH, self.show)
        application.router.add_get(f"{REPORT_PATH}.pdf", self.send_pdf)

    async def show(self, request: web.Request) -> web.Response:
        """Show the report of a period; without one, only the form, which costs nothing."""
        period = Period.week_before(self.routes.clock.now())
        report = None
        if "from" in request.query:
            period = _period(request)
            report = await self._report(request, period, self._person(request))
        return self.routes.html(
            request,
            "report.html",
            period=period,
            tenant=request.query.get("tenant", ""),
            tenants=self.routes.store.tenants(),
            report=report,
            query=request.query_string,
            **_WORDS,
        )

    async def send_pdf(self, request: web.Request) -> web.Response:
        """Send the report as a PDF to a responder: it leaves the house."""
        person = self._person(request)
        if not person.may_judge:
            raise web.HTTPForbidden(text="Only responders take the PDF, and you are a viewer.")
        period = _period(request)
        report = await self._report(request, period, person)
        data = await asyncio.to_thread(report_pdf, report)
        name = f"exposure-{period.first}-{period.last}.pdf"
        return web.Response(
            body=data,
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _person(self, request: web.Request) -> Person:
        person = self.routes.authentication.person(request)
        if person is None:
            raise web.HTTPForbidden(text="Log in first.")
        return person

    async def _report(self, request: web.Request, period: Period, person: Person) -> ExposureReport:
        tenant = request.query.get("tenant", "")[:_TENANT_CHARACTERS] or None
        self.routes.audit.note(request, AuditAction.REPORT, person, tenant=tenant)
        known = self._known((period, tenant))
        if known is None:
            if self.busy.locked():
                text = "Another report is being made: try again in a minute."
                raise web.HTTPTooManyRequests(text=text, headers={"Retry-After": "60"})
            async with self.busy:
                known = await self._counted(period, tenant, person)
        return replace(known, made_by=person.name)

    def _known(self, key: _Key) -> ExposureReport | None:
        counted_at, report = self.kept.get(key, (0.0, None))
        return report if self.monotonic() - counted_at < _KEPT_SECONDS else None

    async def _counted(self, period: Period, tenant: str | None, person: Person) -> ExposureReport:
        try:
            found = await asyncio.to_thread(self.count, period, tenant, _SECONDS)
        except BrokerError as error:
            text = "The report was not made: Kafka did not answer. Try again."
            raise web.HTTPServiceUnavailable(text=text) from error
        report = exposure_report(
            found.count,
            self.routes.store.all(),
            self.facts,
            made_at=self.routes.clock.wall(),
            made_by=person.name,
            source="the events topic",
            gaps=found.gaps,
        )
        self.kept[period, tenant] = self.monotonic(), report
        while len(self.kept) > _KEPT:
            self.kept.popitem(last=False)
        return report


def _period(request: web.Request) -> Period:
    try:
        return Period.parse(request.query.get("from", ""), request.query.get("to", ""))
    except InputError as error:
        raise web.HTTPBadRequest(text=str(error)) from error
