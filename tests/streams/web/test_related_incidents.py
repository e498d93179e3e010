from collections.abc import Callable
from datetime import timedelta

import pytest
from web_evidence import START, evidence

from models.incidents.feedback import Feedback, Verdict, feedback_on
from models.incidents.incident import Incident
from streams.web.related_incidents import RelatedIncidents, related_incidents

MakeIncident = Callable[..., Incident]


def related(
    incident: Incident, *others: Incident, verdicts: dict[str, Feedback] | None = None
) -> RelatedIncidents:
    known = verdicts or {}
    return related_incidents(incident, [incident, *others], known.get, lambda _: "")


def stranger(make_incident: MakeIncident, **changes: object) -> Incident:
    """Shares nothing with the incident at hand, unless told."""
    values = {
        "incident_id": "i-2",
        "principal": "app-9",
        "credential_ids": ("key-9",),
        "opened_at": START - timedelta(days=3),
        "evidence": (evidence(asn=64500, user_agent="erp/1.0"),),
    }
    return make_incident(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "shared"),
    [
        ({}, None),
        ({"principal": "app-1"}, ("principal",)),
        ({"principal": "app-1", "tenant": "B2"}, None),
        ({"credential_ids": ("key-7", "key-1"), "tenant": "B2"}, ("credential",)),
        ({"evidence": (evidence(user_agent=None),), "tenant": "B2"}, ("network",)),
        ({"evidence": (evidence(asn=1, user_agent="Python-Requests/1.0"),)}, ("tool",)),
        ({"evidence": (evidence(asn=1),), "tenant": "B2"}, None),
        ({"opened_at": START + timedelta(minutes=50)}, ("hour",)),
        ({"opened_at": START + timedelta(minutes=70)}, None),
    ],
)
def test_it_is_told_what_is_shared(make_incident, changes: dict, shared: tuple | None) -> None:
    found = related(make_incident(), stranger(make_incident, **changes)).closest
    assert [one.shared for one in found] == ([] if shared is None else [shared])


def test_a_shared_credential_comes_first_and_then_the_nearest_in_time(make_incident) -> None:
    others = [
        stranger(make_incident, incident_id="hour", opened_at=START),
        stranger(make_incident, incident_id="far", principal="app-1"),
        stranger(
            make_incident,
            incident_id="near",
            principal="app-1",
            opened_at=START + timedelta(days=1),
        ),
        stranger(make_incident, incident_id="key", credential_ids=("key-1",)),
    ]
    found = related(make_incident(), *others).closest
    assert [one.incident.incident_id for one in found] == ["key", "near", "far", "hour"]


def test_many_are_counted_and_eight_are_shown(make_incident) -> None:
    others = [stranger(make_incident, incident_id=f"o-{n}", principal="app-1") for n in range(11)]
    found = related(make_incident(), *others)
    assert (len(found.closest), found.more) == (8, 3)


def test_earlier_incidents_are_told_with_their_verdicts(make_incident) -> None:
    before = [stranger(make_incident, incident_id=f"o-{n}", principal="app-1") for n in range(3)]
    later = stranger(
        make_incident, incident_id="later", principal="app-1", opened_at=START + timedelta(days=1)
    )
    verdict = feedback_on(before[0], Verdict.BENIGN, note="backfill", decided_at=START, by="maria")
    found = related(make_incident(), *before, later, verdicts={"o-0": verdict})
    assert found.past == ("1 benign", "2 without a verdict")
    assert [o.verdict for o in found.closest if o.incident.incident_id == "o-0"] == [verdict]
