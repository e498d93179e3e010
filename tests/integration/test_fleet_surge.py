"""A surge over several partitions is one page, which says that many integrations are involved."""

import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from alerting import Receivers, alertmanager, write_alertmanager
from real_parts import has, missing, wait_for

from models.incidents.incident import Incident
from streams.exporters.alert_message import alert_message
from streams.exporters.open_incident import OpenIncident
from streams.settings.sections import LinkSettings


def post(url: str, *incidents: Incident) -> None:
    now = datetime.now(UTC)
    alerts = [
        alert_message(OpenIncident.of(i, 0.0), LinkSettings(), {}, now, timedelta(minutes=5))
        for i in incidents
    ]
    request = urllib.request.Request(
        f"{url}/api/v2/alerts", json.dumps(alerts).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=5).close()


def pages(receivers: Receivers) -> dict[str, dict]:
    """The last message of the pager for each alert."""
    return {page["payload"]["class"]: page for page in receivers.pager("trigger")}


def test_a_surge_of_the_fleet_pages_once_and_beside_it_a_theft(
    root: Path,
    tmp_path: Path,
    fleet_incident: Incident,
    make_incident: Callable[..., Incident],
) -> None:
    if not has("prometheus-alertmanager"):
        missing("Alertmanager", "apt-get install prometheus-alertmanager")
    others = [
        msgspec.structs.replace(fleet_incident, incident_id=f"i-fleet-{n}", tenant=f"A{n}")
        for n in range(3)
    ]
    theft = make_incident(incident_id="i-theft")
    with (
        Receivers() as receivers,
        alertmanager(write_alertmanager(root, tmp_path, receivers), tmp_path) as url,
    ):
        post(url, *others, theft)
        wait_for("the theft's page", lambda: "SellerDataBulkRead" in pages(receivers), seconds=20)
        wait_for("all of the surge", lambda: "3 alerts" in json.dumps(pages(receivers)), seconds=20)
    # A partition that reports it later adds to the open page: the key is the same.
    assert len({page["dedup_key"] for page in receivers.pager("trigger")}) == 2
    pages_by_name = pages(receivers)
    assert set(pages_by_name) == {"SellerFleetSurge", "SellerDataBulkRead"}
    surge = pages_by_name["SellerFleetSurge"]
    assert surge["payload"]["summary"] == (
        "HIGH 3 alerts: Many integrations at once read far more than they ever did"
    )
    assert surge["payload"]["component"] == "fleet"
    links = {link["text"]: link["href"] for link in surge["links"]}
    assert links["Runbook"].endswith("/runbooks/fleet_surge")
    assert links["Dashboard"].endswith("/d/sellerwatch-soc")
    details = surge["payload"]["custom_details"]
    assert details["do_first"].startswith("Ask whether it is a sales day")
    assert details["why"].startswith("12 principals read far more than usual")
