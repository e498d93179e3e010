import msgspec

from models.incidents.incident import Exposure, IncidentKind
from streams.web.incident_page import AccessOrigin, incident_page, next_steps


def test_places_are_counted_most_first(make_incident) -> None:
    one = make_incident().evidence[0]
    other = msgspec.structs.replace(one, source_ip=None, country=None, asn=None, user_agent=None)
    page = incident_page(
        make_incident(evidence=(other, one, one)), None, make_incident().updated_at
    )
    assert page.places == (
        AccessOrigin("203.0.113.40", "US, AS64511", 2),
        AccessOrigin("unknown address", "", 1),
    )
    assert page.agents == ("python-requests/2.32",)
    assert not page.has_resources


def test_records_from_before_the_time_line_are_told(make_incident) -> None:
    incident = make_incident()
    assert incident_page(incident, None, incident.updated_at).earlier_records == "6,831"
    exposure = Exposure(
        calls=1, records=800, distinct_subjects=None, bytes=None, since=incident.opened_at
    )
    whole = make_incident(exposure=exposure)
    assert incident_page(whole, None, whole.updated_at).earlier_records == ""


def test_shares_say_of_what_and_since_when(make_incident) -> None:
    shares = {"buyers": 0.4, "buyers_in_30_days": 0.61}
    page = incident_page(make_incident(known_share=shares), None, make_incident().updated_at)
    assert [what for what, _ in page.shares] == ["buyers today", "buyers in 30 days"]


def test_the_credential_to_revoke_is_named(make_incident) -> None:
    assert "revoke key-1 of app-1" in next_steps(make_incident())[1]
    assert "revoke the access of app-1" in next_steps(make_incident(credential_ids=()))[1]


def test_a_role_is_frozen(make_incident) -> None:
    role = make_incident(principal="arn:aws:iam::123456789012:role/exporter")
    assert "freeze role/exporter" in next_steps(role)[1]


def test_a_canary_is_theft_until_shown(make_incident) -> None:
    steps = next_steps(make_incident(kinds=(IncidentKind.BULK_READ, IncidentKind.CANARY)))
    assert "planted record" in steps[0]
