"""The fast path: sends pages straight to Alertmanager."""

import asyncio
import json
import logging
import threading
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mode import Service

from models.incidents.incident import Incident, IncidentStatus
from streams.exporters.alert_message import alert_message
from streams.exporters.incident_collector import IncidentCollector
from streams.settings.settings import Settings

log = logging.getLogger("sellerwatch")
_TIMEOUT_SECONDS: Final = 5.0
# An alert survives two failed pushes.
_LIFE_INTERVALS: Final = 3


class AlertPusher(Service):
    """Sends new pages to every Alertmanager at once, and repeats them while they are open.

    Prometheus sends the same alerts, with the same labels, one scrape and one evaluation later;
    Alertmanager treats both as one. Only Prometheus resolves an alert, after `keep_firing_for`: if
    this class did, Prometheus would open the page again.

    Parameters
    ----------
    settings
        Addresses of the Alertmanagers.
    incidents
        Holds the open incidents.
    count_failure
        Called for each failed push.
    clock
        The time now, UTC.
    """

    def __init__(
        self,
        settings: Settings,
        incidents: IncidentCollector,
        count_failure: Callable[[], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        **options: Any,
    ) -> None:
        self._settings, self._incidents, self._clock = settings, incidents, clock
        self._count_failure = count_failure
        self._known: dict[str, None] = {}
        self._due = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alert-pusher", daemon=True)
        super().__init__(**options)

    def take(self, incident: Incident) -> None:
        """Take a new state of an incident, after the collector has; push at once if it pages."""
        if incident.status is IncidentStatus.CLOSED:
            self._known.pop(incident.incident_id, None)
        elif incident.page and incident.incident_id not in self._known:
            self._known[incident.incident_id] = None
            self._due.set()

    async def on_start(self) -> None:
        """Start the thread that pushes."""
        self._thread.start()

    async def on_stop(self) -> None:
        """Stop the thread and wait for it."""
        self._ended.set()
        self._due.set()
        await asyncio.to_thread(self._thread.join, 2 * _TIMEOUT_SECONDS)

    def push(self) -> None:
        """Send all open pages to all Alertmanagers."""
        alerting = self._settings.alerting
        lasts = timedelta(seconds=_LIFE_INTERVALS * alerting.push_interval_seconds)
        pages = self._incidents.pages()
        if not pages:
            return
        now = self._clock()
        body = json.dumps(
            [
                alert_message(page, self._settings.links, alerting.external_labels, now, lasts)
                for page in pages
            ]
        ).encode()
        for url in alerting.alertmanager_urls:
            self._send(f"{url.rstrip('/')}/api/v2/alerts", body)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._due.wait(self._settings.alerting.push_interval_seconds)
            self._due.clear()
            if not self._ended.is_set():
                self.push()

    def _send(self, url: str, body: bytes) -> None:
        request = urllib.request.Request(  # noqa: S310  the settings allow http and https only
            url, body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
                pass
        except OSError as error:
            self._count_failure()
            log.warning("Alertmanager at %s: %s: Prometheus pages instead", url, error)
