"""The fast path: sends pages straight to Alertmanager."""

import http.client
import json
import logging
import threading
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from models.incidents.incident import Incident, IncidentStatus
from streams.exporters.alert_message import alert_message
from streams.exporters.incident_collector import IncidentCollector
from streams.settings.sections import AlertingSettings, LinkSettings
from streams.threads.supervised_thread import SupervisedThread

log = logging.getLogger("sellerwatch")
_TIMEOUT_SECONDS: Final = 5.0
# An alert survives two failed pushes.
_LIFE_INTERVALS: Final = 3


class AlertPusher(SupervisedThread):
    """Sends new pages to every Alertmanager at once, and repeats them while they are open.

    Prometheus sends the same alerts, with the same labels, one scrape and one evaluation later;
    Alertmanager treats both as one. Only Prometheus resolves an alert, after `keep_firing_for`: if
    this class did, Prometheus would open the page again.

    Parameters
    ----------
    alerting
        Addresses of the Alertmanagers.
    links
        Where the links in alerts lead.
    incidents
        Holds the open incidents.
    count_failed_push
        Called for each failed push.
    count_failure
        Called each time that the thread fails unexpectedly.
    clock
        The time now, UTC.
    """

    def __init__(
        self,
        alerting: AlertingSettings,
        links: LinkSettings,
        incidents: IncidentCollector,
        *,
        count_failed_push: Callable[[], None],
        count_failure: Callable[[], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        **options: Any,
    ) -> None:
        self._alerting, self._links = alerting, links
        self._incidents, self._clock = incidents, clock
        self._count_failed_push = count_failed_push
        self._known: dict[str, None] = {}
        self._due = threading.Event()
        super().__init__(
            "alert-pusher", count_failure, stop_seconds=2 * _TIMEOUT_SECONDS, **options
        )

    def take(self, incident: Incident) -> None:
        """Take a new state of an incident, after the collector has; push at once if it pages."""
        if incident.status is IncidentStatus.CLOSED:
            self._known.pop(incident.incident_id, None)
        elif incident.is_paging and incident.incident_id not in self._known:
            self._known[incident.incident_id] = None
            self._due.set()

    def wake(self) -> None:
        """End the wait for the next push."""
        self._due.set()

    def work(self) -> None:
        """Push when a page is due, and again after each interval."""
        while not self.ended.is_set():
            self._due.wait(self._alerting.push_interval_seconds)
            self._due.clear()
            if not self.ended.is_set():
                self.push()

    def push(self) -> None:
        """Send all open pages to all Alertmanagers."""
        alerting = self._alerting
        lasts = timedelta(seconds=_LIFE_INTERVALS * alerting.push_interval_seconds)
        pages = self._incidents.pages()
        if not pages:
            return
        now = self._clock()
        body = json.dumps(
            [
                alert_message(
                    page,
                    self._links,
                    alerting.external_labels,
                    now,
                    lasts,
                    owner=self._incidents.owner_of(page.incident_id),
                )
                for page in pages
            ]
        ).encode()
        for url in alerting.alertmanager_urls:
            self._send(f"{url.rstrip('/')}/api/v2/alerts", body)

    def _send(self, url: str, body: bytes) -> None:
        request = urllib.request.Request(  # noqa: S310  the settings allow http and https only
            url, body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
                pass
        except (OSError, http.client.HTTPException, ValueError) as error:
            # An answer that is no HTTP, or leads to an address that is none, is a push that failed.
            self._count_failed_push()
            detail = " ".join(repr(error).split())[:200]
            log.warning("Alertmanager at %s: %s: Prometheus pages instead", url, detail)
