import json
from pathlib import Path

from web_site import Site, token_settings


def test_an_incident_leads_to_the_story_of_its_credential(site: Site, make_incident) -> None:
    key = "key <1>&a=b"
    for number in ("7", "8"):
        site.store.take_incident(make_incident(incident_id=f"i-{number}", credential_ids=(key,)))
    path = "/credentials?id=key%20%3C1%3E%26a%3Db"
    assert f'href="{path}"' in site.get("/incidents/i-7")[1]
    status, text = site.get(path)
    assert status == 200
    assert "key &lt;1&gt;&amp;a=b was part of 2 incidents" in text
    assert text.count('class="row-story"') == 2
    body = json.loads(site.get("/api" + path)[1])
    assert [one["incident"]["incident_id"] for one in body["incidents"]] == ["i-7", "i-8"]
    assert ("read", "local") in [(r["action"], r["person"]) for _, r in site.audited]


def test_an_unknown_credential_is_not_found_and_none_is_a_bad_request(site: Site) -> None:
    assert site.get("/api/credentials?id=nobody")[0] == 404
    assert site.get("/api/credentials")[0] == 400


def test_only_who_is_logged_in_reads_it(tmp_path: Path) -> None:
    site = Site(token_settings(tmp_path))
    assert site.get("/api/credentials?id=key-1")[0] == 401
    assert site.get("/credentials?id=key-1")[0] == 303


def test_half_a_character_in_a_credential_breaks_no_page(site: Site, make_incident) -> None:
    site.store.take_incident(make_incident(incident_id="i-7", credential_ids=("key\ud800",)))
    status, text = site.get("/incidents/i-7")
    assert status == 200
    assert 'href="/credentials?id=key%3F"' in text


def test_a_page_shows_what_is_related_and_what_was_said_of_it(site: Site, make_incident) -> None:
    site.store.take_incident(make_incident(incident_id="i-7"))
    text = site.get("/incidents/i-7")[1]
    assert "Related and past" in text
    assert "same credential, principal, network, tool, hour" in text
    assert 'href="/incidents/i-1"' in text
