"""tests/config/prometheus shows that its texts equal those of the rules."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from models.incidents.incident import Incident
from streams.exporters.alert_message import alert_message
from streams.exporters.open_incident import OpenIncident
from streams.settings.sections import LinkSettings

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_it_ends_by_itself_and_leads_to_its_page(make_incident: Callable[..., Incident]) -> None:
    links = LinkSettings(web_base_url="https://w/", runbook_base_url="https://wiki/books")
    shown = OpenIncident.of(make_incident(), 0.0)
    alert = alert_message(shown, links, {"cluster": "eu"}, NOW, timedelta(minutes=3))
    assert alert["labels"] == shown.alert | {"cluster": "eu"}
    assert alert["startsAt"] == "2026-01-01T00:00:00+00:00"
    assert alert["endsAt"] == "2026-01-01T00:03:00+00:00"
    assert alert["generatorURL"] == "https://w/incidents/i-1"
    assert alert["annotations"]["runbook_url"] == "https://wiki/books/bulk_read"


def test_every_annotation_is_text(fleet_incident: Incident) -> None:
    shown = OpenIncident.of(fleet_incident, 0.0)
    alert = alert_message(shown, LinkSettings(), {}, NOW, timedelta(minutes=3))
    # Alertmanager rejects anything else.
    assert all(isinstance(value, str) for value in alert["annotations"].values())
    assert alert["annotations"]["summary"].startswith("Many integrations at once")


def test_it_says_who_has_taken_the_incident(make_incident: Callable[..., Incident]) -> None:
    shown = OpenIncident.of(make_incident(), 0.0)
    for owner in ("", "alice"):
        alert = alert_message(shown, LinkSettings(), {}, NOW, timedelta(minutes=3), owner=owner)
        assert alert["annotations"]["owner"] == owner
        # Another label would be another alert, and another page.
        assert alert["labels"] == shown.alert
