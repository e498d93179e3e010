"""Tells PagerDuty that somebody has taken an incident: it then wakes nobody further."""

import http.client
import json
import logging
import urllib.request
from collections.abc import Callable
from hashlib import sha256
from typing import Final, Self

from models.incidents.incident import Incident
from streams.presentation.incident_labels import alert_labels
from streams.settings.secrets import read_secret
from streams.settings.sections import AlertingSettings

log = logging.getLogger("sellerwatch")
_TIMEOUT_SECONDS: Final = 5.0
# By which labels the routes of pages group, in the order of their names.
_GROUPED_BY: Final = ("detector", "incident_id", "tenant")


class PagerDuty:
    """Acknowledges pages that Alertmanager has sent to PagerDuty (Events API v2).

    Alertmanager knows a page by the SHA-256 of its group's key, and PagerDuty keeps that as
    `dedup_key`. PagerDuty passes over an acknowledgement of what is not open there, so it gets one
    for each route that may have sent the page.

    Parameters
    ----------
    alerting
        Where PagerDuty is, and the keys of the routes.
    routing_key
        Of the service's Events API v2 integration, the same as Alertmanager's.
    count_failure
        Called for each acknowledgement that PagerDuty did not accept.
    """

    def __init__(
        self, alerting: AlertingSettings, routing_key: str, count_failure: Callable[[], None]
    ) -> None:
        self._url, self._routes = alerting.pagerduty_url, alerting.pagerduty_routes
        self._routing_key, self._count_failure = routing_key, count_failure

    @classmethod
    def from_settings(
        cls, alerting: AlertingSettings, count_failure: Callable[[], None]
    ) -> Self | None:
        """Read the routing key; None if no file is named.

        Raises
        ------
        SettingsError
            If it cannot be read.
        """
        path = alerting.pagerduty_routing_key_file
        if path is None:
            return None
        return cls(
            alerting, read_secret(path, "alerting.pagerduty_routing_key_file"), count_failure
        )

    def acknowledge(self, incident: Incident) -> None:
        """Acknowledge the page of an incident, if it has paged; this blocks for some seconds."""
        if not incident.page:
            return
        for route in self._routes:
            self._send(dedup_key(incident, route))

    def _send(self, key: str) -> None:
        event = {
            "routing_key": self._routing_key,
            "event_action": "acknowledge",
            "dedup_key": key,
        }
        request = urllib.request.Request(  # noqa: S310  the settings allow http and https only
            self._url, json.dumps(event).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
                pass
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._count_failure()
            # The text of an error could repeat the request, and with it the key.
            log.warning("PagerDuty took no acknowledgement: %s", type(error).__name__)


def dedup_key(incident: Incident, route: str) -> str:
    """Return the key by which PagerDuty knows an incident's page.

    Parameters
    ----------
    incident
        The incident.
    route
        Key of the route in Alertmanager: matchers of each level, with their names in order.
    """
    labels = alert_labels(incident)
    group = ", ".join(f"{name}={_quoted(labels[name])}" for name in _GROUPED_BY)
    return sha256(f"{route}:{{{group}}}".encode()).hexdigest()


def _quoted(text: str) -> str:
    # As Go's %q does it; labels hold no character that it would write as a number.
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
