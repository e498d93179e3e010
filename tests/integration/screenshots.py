"""Takes the screenshots of docs/ from an invented account: `make screenshots`."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
from aiohttp import web
from chromium import DESKTOP, PHONE, Chromium, chromium_program
from sample_account import NOW, PROCESSOR, incidents, night_events, quiet_events

from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.redaction import SubjectHasher
from models.incidents.activity import ActivityKind, activity_on
from models.incidents.feedback import Verdict, feedback_on
from models.incidents.incident import Incident
from models.incidents.planned_change import PlannedChange
from streams.catalogue.catalogue_files import load_catalogue
from streams.evidence.evidence_maker import MadeBundle
from streams.exposure.exposure_count import ExposureCount
from streams.exposure.exposure_reader import CountedTopic
from streams.exposure.period import Period
from streams.exposure.policy_controls import Facts
from streams.kafka.feedback_topic import Told
from streams.settings.settings import Settings
from streams.web.application import create_web_application
from streams.web.credential_reach import CredentialReach
from streams.web.incident_store import IncidentStore
from streams.web.page_clock import PageClock

KEY = "ab" * 32
SOURCES = {"s3_places": ["access-logs/AWSLogs/"], "redaction_key": KEY}
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


LOG = (
    (31, ActivityKind.TAKEN, ""),
    (26, ActivityKind.SAID, "rang the provider: nobody there knows of a job at night"),
    (22, ActivityKind.DONE, "key AKSELLER0PAY made inactive"),
)
CHANGE = PlannedChange(
    tenant="A1EXAMPLESELLER",
    principal="erp-prod",
    starts_at=NOW - timedelta(hours=1),
    until=NOW + timedelta(hours=6),
    records=200_000,
    reference="4711",
    why="backfill after the outage, approved by the data team",
    declared_at=NOW - timedelta(hours=1),
    by="maria",
)


async def send_nowhere(_: Told) -> None:
    pass


async def write_nowhere(_: bytes | None, value: bytes) -> None:
    pass


def make_nothing(*_: object) -> MadeBundle:
    message = "nobody presses the button in a picture"
    raise AssertionError(message)


def count_account(period: Period, tenant: str | None, _: float) -> CountedTopic:
    count = ExposureCount(period, tenant)
    for event in (*quiet_events(), *night_events()):
        count.add(event)
    return CountedTopic(count, ())


def sample_store() -> IncidentStore:
    store = IncidentStore(kept=100)
    for incident in incidents():
        store.take_incident(incident)
        if incident.principal.endswith("bi-export"):
            store.take_verdict(
                feedback_on(
                    incident, Verdict.BENIGN, by="maria",
                    note="Moved to the new region, change 4711.",
                    decided_at=NOW - timedelta(hours=30),
                )
            )  # fmt: skip
        if incident.principal == PROCESSOR and incident.page:
            for minutes, kind, note in LOG:
                moment = NOW - timedelta(minutes=minutes)
                entry = activity_on(incident, kind, note=note, at=moment, by="maria")
                store.activities.take(entry, incident)
    store.planned.take(CHANGE)
    return store


async def take_pictures(folder: Path, *, whole: bool) -> None:
    store = sample_store()
    worst = next(incident for incident in store.all() if incident.principal == PROCESSOR)
    pages = (
        ("incident", f"/incidents/{worst.incident_id}"),
        ("incidents", "/incidents"),
        ("planned", "/planned"),
    )
    with tempfile.TemporaryDirectory() as temporary:
        async with Chromium(Path(temporary)) as browser:
            async with site(store, Settings(sources=SOURCES)) as address:
                for name, path in pages:
                    for size, device in ((DESKTOP, "desktop"), (PHONE, "phone")):
                        for dark in (False, True):
                            await browser.show(size, dark=dark)
                            await browser.open(address + path)
                            colours = "dark" if dark else "light"
                            picture = folder / f"{name}-{device}-{colours}.png"
                            picture.write_bytes(await browser.picture(whole_page=whole))
                await take_desk(browser, address, store, folder)
            await take_people(browser, folder, Path(temporary))


@asynccontextmanager
async def site(store: IncidentStore, settings: Settings) -> AsyncIterator[str]:
    """Serve the pages over a store; give their address."""
    clock = PageClock(NOW.timestamp, NOW.timestamp)
    allowed = ["payment", "financial"]
    profiles = {PROCESSOR: PrincipalProfile(kind="payment_processor", allowed_data_classes=allowed)}
    tuning = DetectorSettings(canary_ids=("902-0000000-0000000",))
    kinds = {PROCESSOR: "payment_processor"}
    application = create_web_application(
        settings,
        store,
        send_nowhere,
        clock,
        kinds,
        send_audit=write_nowhere,
        count_audit_failure=lambda: None,
        reach=CredentialReach(load_catalogue(), profiles),
        make_evidence=make_nothing,
        count_exposure=count_account,
        facts=Facts.of(settings, tuning, profiles),
    )
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def take_desk(browser: Chromium, address: str, store: IncidentStore, folder: Path) -> None:
    """Take what a responder copies, and what the seller's owner reads."""
    role = next(one for one in store.all() if one.principal.endswith("bi-export"))
    await browser.show(DESKTOP, dark=False)
    for name, path in (
        ("commands", f"/incidents/{role.incident_id}"),
        ("exposure", "/report?from=2026-01-20&to=2026-01-26"),
    ):
        await browser.open(address + path)
        await browser.evaluate(
            "document.querySelector('.reach')?.scrollIntoView({behavior: 'instant'})"
        )
        picture = folder / f"{name}-desktop-light.png"
        picture.write_bytes(await browser.picture())


async def take_people(browser: Chromium, folder: Path, temporary: Path) -> None:
    """Take the incident of a person, as it is shown to who may see names."""
    file = temporary / "people.yaml"
    file.write_text("people:\n  jane@example.com: {name: Jane, team: finance}\n")
    role = next(one for one in incidents() if one.principal.endswith("bi-export"))
    jane = SubjectHasher(bytes.fromhex(KEY)).clean("jane@example.com")
    text = msgspec.json.encode(role).replace(role.principal.encode(), jane.encode())
    store = IncidentStore(kept=10)
    store.take_incident(msgspec.json.decode(text, type=Incident))
    async with site(store, Settings(sources=SOURCES, people_file=file)) as address:
        await browser.open(f"{address}/incidents/{role.incident_id}")
        (folder / "people-desktop-light.png").write_bytes(await browser.picture())


def main() -> None:
    if chromium_program() is None:
        sys.exit("Chromium is missing: apt-get install chromium")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take_pictures(folder, whole=len(sys.argv) > 2))


if __name__ == "__main__":
    main()
