from models.incident import IncidentKind
from streams.web.next_steps import next_steps


def test_the_credential_to_revoke_is_named(make_incident) -> None:
    assert "revoke key-1 of app-1" in next_steps(make_incident())[1]
    assert "revoke the access of app-1" in next_steps(make_incident(credential_ids=()))[1]


def test_a_role_is_frozen(make_incident) -> None:
    role = make_incident(principal="arn:aws:iam::123456789012:role/exporter")
    assert "freeze role/exporter" in next_steps(role)[1]


def test_a_canary_is_theft_until_shown(make_incident) -> None:
    steps = next_steps(make_incident(kinds=(IncidentKind.BULK_READ, IncidentKind.CANARY)))
    assert "planted record" in steps[0]
