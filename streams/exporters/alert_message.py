"""An open incident in the form that Alertmanager's v2 API accepts."""

from datetime import datetime, timedelta
from typing import Any

from streams.exporters.open_incident import OpenIncident
from streams.presentation.alert_texts import ALERT_TEXTS
from streams.presentation.dashboard_links import dashboard_url
from streams.presentation.untrusted_text import sanitize
from streams.settings.sections import LinkSettings


def alert_message(
    shown: OpenIncident,
    links: LinkSettings,
    external_labels: dict[str, str],
    now: datetime,
    lasts: timedelta,
    *,
    owner: str = "",
) -> dict[str, Any]:
    """Return an alert with exactly the labels that Prometheus sends, so both are one alert.

    Parameters
    ----------
    shown
        An open incident that pages.
    links
        Base addresses of the links.
    external_labels
        Labels that Prometheus adds to every alert.
    now, lasts
        The alert ends at ``now + lasts`` unless it is sent again.
    owner
        Who has taken the incident; empty if nobody has.
    """
    # Zero records means that the log does not count them, not that nothing was read.
    how_much = f"{shown.records} records in {shown.calls} calls"
    if not shown.records and shown.subjects:
        how_much = f"about {shown.subjects} objects in {shown.calls} calls"
    elif not shown.records:
        how_much = f"{shown.calls} calls, records not counted in the log"
    elif shown.subjects is not None:
        how_much += f", {shown.subjects} distinct subjects"
    notify_by = "no personal data, no known duty"
    if shown.notify_by is not None:
        notify_by = f"{shown.notify_by:%Y-%m-%d %H:%M} UTC"
    since = f"{shown.since:%Y-%m-%d %H:%M} UTC"
    classes = ", ".join(shown.data_classes)
    text = ALERT_TEXTS[shown.labels["kind"]]
    credentials = shown.credentials or "an unknown credential"
    return {
        "labels": external_labels | shown.alert,
        "annotations": {
            "summary": text.summary.format(who=shown.who, tenant=shown.labels["tenant"]),
            "description": (
                f"{shown.reason} {how_much}, of {classes} data since {since}, "
                f"from {shown.source}, with {credentials}."
            ),
            "who": shown.who,
            "action": text.action,
            "how_much": how_much,
            "data_classes": classes,
            "incident_severity": shown.severity.value,
            "reason": shown.reason,
            "since": since,
            "source": shown.source,
            "credentials": shown.credentials,
            "notify_by": notify_by,
            "owner": sanitize(owner, 64),
            "incident_url": links.incidents + shown.incident_id,
            "dashboard_url": dashboard_url(shown.labels, links.dashboards),
            "runbook_url": links.runbooks + shown.labels["kind"],
        },
        "startsAt": now.isoformat(),
        "endsAt": (now + lasts).isoformat(),
        "generatorURL": links.incidents + shown.incident_id,
    }
