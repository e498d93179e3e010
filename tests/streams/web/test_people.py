import json
from pathlib import Path

import msgspec
import pytest
from aiohttp.test_utils import TestClient
from web_site import ALICE, Site, form_token, token_settings

from models.domain.redaction import SubjectHasher
from models.errors import SettingsError
from streams.settings.settings import Settings
from streams.web.people import People

KEY = "ab" * 32
HASHER = SubjectHasher(bytes.fromhex(KEY))
MAIL = HASHER.clean("jane@example.com")
ARN = "arn:aws:iam::111122223333:user/etl"
TEXT = f"""
people:
  jane@example.com: {{name: Jane Doe, team: finance}}
  {ARN}: {{name: Nightly}}
"""
VIEWER = "victor-token-0123456789"


def settings(folder: Path, text: str = TEXT, **fields: object) -> Settings:
    path = folder / "people.yaml"
    path.write_text(text)
    values: dict = {"people_file": path, "sources": {"redaction_key": KEY}}
    return Settings(**(values | fields))


def test_a_person_is_known_by_what_stands_for_them_in_events(tmp_path: Path) -> None:
    people = People.load(settings(tmp_path))
    assert people.name_of(MAIL) == "Jane Doe, finance"
    assert people.name_of(f"arn:aws:sts::111122223333:user/{MAIL}") == "Jane Doe, finance"
    assert people.name_of(ARN) == "Nightly"
    assert [people.name_of(name) for name in ("app-1", "jane@example.com", "", MAIL[:-1])] == [
        ""
    ] * 4
    assert people.named(f"{MAIL} and {MAIL}0 read") == f"Jane Doe, finance and {MAIL}0 read"


def test_no_address_is_kept(tmp_path: Path) -> None:
    assert "example.com" not in repr(vars(People.load(settings(tmp_path))))


def test_another_key_knows_nobody(tmp_path: Path) -> None:
    other = settings(tmp_path, sources={"redaction_key": "cd" * 32})
    assert People.load(other).name_of(MAIL) == ""


@pytest.mark.parametrize("text", ["", "people: {}\n", "people:\n"])
def test_an_empty_file_needs_no_key(tmp_path: Path, text: str) -> None:
    assert People.load(settings(tmp_path, text, sources={})).name_of(MAIL) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("people: [jane@example.com]\n", "expected 'people:'"),
        ("persons: {jane@example.com: {name: Jane}}\n", "expected 'people:'"),
        ("people: {jane@example.com: Jane}\n", "person 1: entry"),
        ("people: {jane@example.com: {team: finance}}\n", "person 1: name"),
        ("people: {jane@example.com: {name: ''}}\n", "person 1: name"),
        ("people: {jane@example.com: {name: Jane, jane@example.com: x}}\n", "person 1: entry"),
        (f"people: {{jane@example.com: {{name: {'x' * 61}}}}}\n", "person 1: name"),
        ("people: {7: {name: Jane}}\n", "the key of person 1"),
        (f"people: {{'{'x' * 513}': {{name: Jane}}}}\n", "the key of person 1"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_no_person(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        People.load(settings(tmp_path, text))
    assert str(tmp_path / "people.yaml") in str(caught.value)
    assert "ane" not in str(caught.value).removeprefix(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_people_without_a_key_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="sources.redaction_key_file"):
        People.load(settings(tmp_path, sources={}))


def test_a_name_cannot_steer_what_shows_it(tmp_path: Path) -> None:
    text = 'people: {jane@example.com: {name: "a\\u202eb\\u001b[2J", team: "<b>"}}\n'
    assert People.load(settings(tmp_path, text)).name_of(MAIL) == "a�b�[2J, <b>"


@pytest.fixture
def site(tmp_path: Path, make_incident) -> Site:
    tokens = f"alice: {ALICE}\nvictor: {VIEWER} viewer\n"
    web = token_settings(tmp_path, tokens).web
    made = Site(settings(tmp_path, web=web))
    reason = make_incident().reasons[0]
    told = msgspec.structs.replace(reason, text=reason.text.replace("app-1", MAIL))
    made.store.take_incident(make_incident(principal=MAIL, reasons=(told,)))
    return made


@pytest.mark.parametrize("path", ["/incidents", "/incidents/i-1", "/credentials?id=key-1"])
def test_a_responder_reads_the_name_and_a_viewer_the_hash(site: Site, path: str) -> None:
    bodies = {
        token: site.get(path, Authorization=f"Bearer {token}")[1] for token in (ALICE, VIEWER)
    }
    assert "Jane Doe, finance" in bodies[ALICE]
    assert "Jane" not in bodies[VIEWER]
    assert MAIL in bodies[VIEWER]
    title = bodies[ALICE].partition("<title>")[2].partition("</title>")[0]
    assert "Jane" not in title


async def login(client: TestClient, token: str) -> dict[str, str]:
    answer = await client.get("/login")
    return {"token": token, "form_token": await form_token(answer)}


def test_the_list_says_a_name_once(site: Site) -> None:
    page = site.get("/incidents", Authorization=f"Bearer {ALICE}")[1]
    assert page.count("Jane Doe, finance") == 1
    steps = site.get("/incidents/i-1", Authorization=f"Bearer {ALICE}")[1]
    assert "revoke key-1 of Jane Doe, finance" in steps


def test_names_leave_by_nothing_but_the_page(site: Site) -> None:
    said: list[str] = []

    async def talk(client: TestClient) -> None:
        await client.post("/login", data=await login(client, ALICE))
        for path in ("/api/incidents", "/api/incidents/i-1", "/api/credentials?id=key-1"):
            said.append(await (await client.get(path)).text())
        page = await client.get("/incidents/i-1")
        form = {"verdict": "benign", "form_token": await form_token(page)}
        await client.post("/incidents/i-1/verdict", data=form, allow_redirects=False)

    site.visit(talk)
    assert len(site.sent) == 1
    assert site.audited
    everything = (
        "".join(said) + repr(site.sent) + json.dumps([record for _, record in site.audited])
    )
    assert "Jane" not in everything
    assert MAIL in everything
