from datetime import timedelta

from web_evidence import START, evidence

from models.incidents.feedback import Verdict, feedback_on
from streams.web.credential_story import credential_story


def test_its_incidents_are_told_in_order_with_what_is_new_in_each(make_incident) -> None:
    first = make_incident(incident_id="i-1", page=False)
    second = make_incident(
        incident_id="i-2",
        principal="app-2",
        opened_at=START + timedelta(days=2),
        evidence=(evidence(asn=64500),),
    )
    foreign = make_incident(incident_id="i-3", credential_ids=("key-9",))
    verdict = feedback_on(first, Verdict.BENIGN, note="", decided_at=START, by="maria")
    told = credential_story("key-1", [second, foreign, first], {"i-1": verdict}.get, lambda _: "")
    assert [one.incident.incident_id for one in told.chapters] == ["i-1", "i-2"]
    assert [one.pause for one in told.chapters] == ["", "2 d later"]
    assert [one.news for one in told.chapters] == [(), ("network AS64500", "principal app-2")]
    assert told.chapters[0].verdict == verdict
    assert told.summary == (
        "key-1 was part of 2 incidents from 26 Jan 2026 02:31 UTC to 26 Jan 2026 03:12 UTC; "
        "1 of them paged.",
        "These read 15,262 records in 206 calls, of customer data.",
        "Seen from AS64500 and AS64511.",
        "Verdicts: 1 benign, 1 without a verdict.",
    )


def test_an_unknown_credential_has_no_story(make_incident) -> None:
    told = credential_story("key-9", [make_incident()], lambda _: None, lambda _: "")
    assert (told.chapters, told.summary) == ((), ())
