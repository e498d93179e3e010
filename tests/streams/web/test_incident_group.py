import html
import re

from web_site import Site

from models.incidents.incident import IncidentStatus, Severity
from streams.web.incident_group import group_by_principal


def test_a_principal_is_one_group_in_each_tenant(make_incident) -> None:
    first = make_incident(severity=Severity.LOW)
    closed = make_incident(incident_id="i-2", status=IncidentStatus.CLOSED)
    other = make_incident(incident_id="i-3", tenant="B2")
    groups = group_by_principal([first, other, closed])
    assert [group.incidents for group in groups] == [(first, closed), (other,)]
    assert groups[0].lead is first
    assert groups[0].severity is Severity.CRITICAL
    assert groups[0].pages_open == 1


def test_the_list_folds_what_a_principal_did_besides(make_incident) -> None:
    site = Site()
    name = "<b>&x=1"
    for number in range(30):
        site.store.take_incident(make_incident(incident_id=f"i-{number}", principal=name))
    site.store.take_incident(make_incident(incident_id="other", principal=name + "2"))
    _, text = site.get("/incidents")
    assert text.count("<details") == 1
    assert "29 more of the same principal" in text
    assert "highest critical" in text
    assert "30 open pages" in text
    assert name not in text
    assert len(re.findall(r'href="/incidents/i-\d+"', text)) == 21
    shown = re.search(r'href="([^"]+)">Show all 30<', text)
    assert shown is not None
    whole = site.get(html.unescape(shown[1]))[1]
    assert set(re.findall(r'href="/incidents/([^"?]+)"', whole)) == {f"i-{n}" for n in range(30)}
    assert "the whole name" in whole
    flat = site.get("/incidents?group=none")[1]
    assert "<details" not in flat
    assert len(re.findall(r'href="/incidents/[^"?]+"', flat)) == 31


def test_the_list_pages_through_groups(make_incident) -> None:
    site = Site()
    for number in range(70):
        site.store.take_incident(make_incident(incident_id=f"i-{number}", principal=f"a-{number}"))
    rest = site.get("/incidents?offset=50")[1]
    assert len(re.findall(r'href="/incidents/i-\d+"', rest)) == 20
    assert "offset=100" not in rest
