from collections.abc import Callable

from models.incidents.incident import Incident, IncidentKind
from streams.presentation.incident_labels import alert_labels, series_labels


def test_an_alert_has_the_labels_of_its_series_and_no_more(
    make_incident: Callable[..., Incident],
) -> None:
    incident = make_incident(page_kind=IncidentKind.CANARY)
    assert alert_labels(incident) == {
        "alertname": "SellerCanaryRead",
        "detector": "sellerwatch",
        "severity": "critical",
        **series_labels(incident),
    }
    assert set(series_labels(incident)) == {"incident_id", "tenant", "principal", "kind"}


def test_strangers_names_are_cut(make_incident: Callable[..., Incident]) -> None:
    found = series_labels(make_incident(principal="p" * 9000, tenant="t" * 9000))
    assert (len(found["principal"]), len(found["tenant"])) == (240, 240)


def test_the_fleet_has_its_own_alert(fleet_incident: Incident) -> None:
    found = alert_labels(fleet_incident)
    assert (found["alertname"], found["kind"]) == ("SellerFleetSurge", "fleet_surge")
