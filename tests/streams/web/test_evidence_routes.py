import asyncio
import threading
from pathlib import Path
from typing import IO

from aiohttp.test_utils import TestClient
from web_site import ALICE, Site, form_token, token_settings

from models.errors import BrokerError
from models.incidents.incident import Incident
from streams.evidence.evidence_maker import MadeBundle
from streams.evidence.manifest import Making, Manifest
from streams.web.form_guard import FORM_FIELD

BUNDLE = b"PK" + bytes(100_000)


class Maker:
    """Writes a bundle that says nothing, as slowly as a test wants."""

    def __init__(self) -> None:
        self.made: list[Making] = []
        self.failure: Exception | None = None
        self.may_go = threading.Event()
        self.may_go.set()

    def __call__(
        self, incident: Incident, made: Making, out: IO[bytes], seconds: float
    ) -> MadeBundle:
        self.may_go.wait(10)
        if self.failure is not None:
            raise self.failure
        self.made.append(made)
        out.write(BUNDLE)
        manifest = Manifest(
            incident_id=incident.incident_id, tenant=incident.tenant,
            principal=incident.principal, since=incident.opened_at, until=incident.updated_at,
            made=made, sources=(), files={}, signed_by=None,
        )  # fmt: skip
        return MadeBundle(manifest, "d" * 64)


def site_with(maker: Maker | None, make_incident, settings=None) -> Site:
    site = Site(settings, make_evidence=maker)
    site.store.take_incident(make_incident())
    return site


def test_a_button_gives_the_bundle_and_it_is_on_record(make_incident) -> None:
    maker = Maker()
    site = site_with(maker, make_incident)

    async def talk(client: TestClient) -> None:
        page = await client.get("/incidents/i-1")
        assert "Download the bundle" in await page.text()
        data = {FORM_FIELD: await form_token(page)}
        answer = await client.post("/incidents/i-1/evidence", data=data)
        assert answer.status == 200
        assert await answer.read() == BUNDLE
        assert answer.headers["Content-Disposition"] == 'attachment; filename="evidence-i1.zip"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"

    site.visit(talk)
    assert [(made.by, made.role, made.via) for made in maker.made] == [
        ("local", "responder", "page")
    ]
    key, record = site.audited[-1]
    assert key == b"A1"
    assert (record["action"], record["incident_id"]) == ("evidence", "i-1")
    assert record["digest"] == "d" * 64


def test_a_viewer_a_stranger_and_a_foreign_form_get_none(tmp_path: Path, make_incident) -> None:
    text = f"alice: {ALICE}\nvera: {ALICE[::-1]} viewer\n"
    maker = Maker()
    site = site_with(maker, make_incident, token_settings(tmp_path, text))

    async def talk(client: TestClient) -> None:
        for token, shown in ((ALICE, True), (ALICE[::-1], False)):
            bearer = {"Authorization": f"Bearer {token}"}
            page = await client.get("/incidents/i-1", headers=bearer)
            assert ("Download the bundle" in await page.text()) is shown
            answer = await client.post("/incidents/i-1/evidence", headers=bearer)
            assert answer.status == 403
        answer = await client.post("/incidents/i-1/evidence", allow_redirects=False)
        assert answer.status == 303
        assert answer.headers["Location"] == "/login?next=/incidents/i-1"

    site.visit(talk)
    assert maker.made == []


def test_one_bundle_is_made_at_a_time(make_incident) -> None:
    maker = Maker()
    maker.may_go.clear()

    async def talk(client: TestClient) -> None:
        data = {FORM_FIELD: await form_token(await client.get("/incidents/i-1"))}
        first = asyncio.create_task(client.post("/incidents/i-1/evidence", data=data))
        await asyncio.sleep(0.2)
        second = await client.post("/incidents/i-1/evidence", data=data)
        assert second.status == 429
        assert "Retry-After" in second.headers
        maker.may_go.set()
        assert (await first).status == 200
        assert (await client.post("/incidents/i-1/evidence", data=data)).status == 200

    site_with(maker, make_incident).visit(talk)


def test_kafkas_absence_and_an_unknown_incident_are_told(make_incident) -> None:
    maker = Maker()
    maker.failure = BrokerError("Kafka is away")

    async def talk(client: TestClient) -> None:
        data = {FORM_FIELD: await form_token(await client.get("/incidents/i-1"))}
        answer = await client.post("/incidents/i-1/evidence", data=data)
        assert answer.status == 503
        assert "Kafka did not answer" in await answer.text()
        assert (await client.post("/incidents/none/evidence", data=data)).status == 404

    site_with(maker, make_incident).visit(talk)


def test_without_a_maker_there_is_no_button(make_incident) -> None:
    site = site_with(None, make_incident)
    assert "Download the bundle" not in site.get("/incidents/i-1")[1]
