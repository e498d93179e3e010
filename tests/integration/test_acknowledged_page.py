"""Who takes an incident acknowledges the page that Alertmanager has sent to PagerDuty."""

import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alerting import Receivers, alertmanager, write_alertmanager
from real_parts import has, missing, wait_for

from models.incidents.incident import Incident
from streams.exporters.alert_message import alert_message
from streams.exporters.open_incident import OpenIncident
from streams.exporters.pager_duty import PagerDuty
from streams.settings.sections import AlertingSettings, LinkSettings

TENANTS = ("A1", "A1EXAMPLETENANT", 'a "b" \\ ü')
SHIPPED = '{}/{incident_id!="",severity="critical"}'


def test_it_names_the_page_as_alertmanager_does_with_the_shipped_file(
    root: Path, tmp_path: Path, make_incident: Callable[..., Incident]
) -> None:
    if not has("prometheus-alertmanager"):
        missing("Alertmanager", "apt-get install prometheus-alertmanager")
    incidents = [
        make_incident(tenant=tenant, incident_id=f"i-{number}")
        for number, tenant in enumerate(TENANTS)
    ]
    now = datetime.now(UTC)
    alerts = [
        alert_message(
            OpenIncident.of(one, 0.0), LinkSettings(), {}, now, timedelta(minutes=5), owner="alice"
        )
        for one in incidents
    ]
    key_file = tmp_path / "key"
    key_file.write_text("0" * 32)
    with (
        Receivers() as receivers,
        alertmanager(write_alertmanager(root, tmp_path, receivers), tmp_path) as url,
    ):
        request = urllib.request.Request(
            f"{url}/api/v2/alerts",
            json.dumps(alerts).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=5).close()
        wait_for("three pages", lambda: len(receivers.pager("trigger")) == 3)
        pager = PagerDuty.from_settings(
            AlertingSettings(
                pagerduty_routing_key_file=key_file,
                pagerduty_url=f"{receivers.url}/pagerduty",
                # The route that the shipped file holds for one tenant, as an example.
                pagerduty_routes=(SHIPPED, SHIPPED + '/{tenant="A1EXAMPLETENANT"}'),
            ),
            pytest.fail,
        )
        assert pager is not None
        for incident in incidents:
            pager.acknowledge(incident)
        paged = {event["dedup_key"] for event in receivers.pager("trigger")}
        assert paged <= {event["dedup_key"] for event in receivers.pager("acknowledge")}
        details = [event["payload"]["custom_details"] for event in receivers.pager("trigger")]
        assert [one["taken_by"] for one in details] == ["alice"] * 3
