import asyncio
import threading
from pathlib import Path

from aiohttp.test_utils import TestClient
from web_site import ALICE, Site, token_settings

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.errors import BrokerError
from streams.exposure.exposure_count import ExposureCount
from streams.exposure.exposure_reader import CountedTopic
from streams.exposure.period import Period
from streams.exposure.policy_controls import Facts

WEEK = "from=2026-01-20&to=2026-01-26"
FACTS = Facts(
    kinds={}, canaries=1, events_hours=168, audit_hours=8760, hashes_with_key=True,
    has_login=True, signs_evidence=True,
)  # fmt: skip


class Counter:
    """Counts one event, as slowly as a test wants."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.failure: Exception | None = None
        self.may_go = threading.Event()
        self.may_go.set()

    def __call__(self, period: Period, tenant: str | None, seconds: float) -> CountedTopic:
        self.asked.append((str(period), tenant))
        self.may_go.wait(10)
        if self.failure is not None:
            raise self.failure
        count = ExposureCount(period, tenant)
        count.add(
            AccessEvent(
                event_id="e-1", time=period.begin_seconds, tenant="A1",
                principal="<b>app</b>\u202e", principal_kind=PrincipalKind.APPLICATION,
                service="orders", operation="getOrders", outcome=Outcome.SUCCESS,
                data_classes=(DataClass.CUSTOMER,), records=77, asn=64500, country="DE",
            )
        )  # fmt: skip
        return CountedTopic(count, ("the topic keeps 168 hours",))


def site_with(counter: Counter, settings=None) -> Site:
    return Site(settings, count_exposure=counter, facts=FACTS)


def test_the_form_alone_reads_nothing(make_incident) -> None:
    counter = Counter()
    status, text = site_with(counter).get("/report")
    assert status == 200
    assert 'value="2026-01-20"' in text
    assert counter.asked == []


def test_the_page_tells_who_read_what_and_is_on_record(make_incident) -> None:
    counter = Counter()
    site = site_with(counter)
    site.store.take_incident(make_incident())
    status, text = site.get(f"/report?{WEEK}&tenant=A1")
    assert status == 200
    assert counter.asked == [("2026-01-20 to 2026-01-26", "A1")]
    assert "1 principal read 77 records of sensitive data; somebody was paged once." in text
    assert "AS64500 DE" in text
    assert "Incomplete: the topic keeps 168 hours." in text
    assert "&lt;b&gt;app&lt;/b&gt;" in text
    assert "\u202e" not in text
    key, record = site.audited[-1]
    assert (key, record["action"]) == (b"A1", "report")


def test_a_period_is_read_once_for_page_and_pdf() -> None:
    counter = Counter()

    async def talk(client: TestClient) -> None:
        for path in ("/report", "/report.pdf", "/report"):
            answer = await client.get(f"{path}?{WEEK}")
            assert answer.status == 200
        answer = await client.get(f"/report.pdf?{WEEK}")
        assert (await answer.read()).startswith(b"%PDF-")
        assert answer.headers["Content-Disposition"] == (
            'attachment; filename="exposure-2026-01-20-2026-01-26.pdf"'
        )
        for day in range(10, 20):
            await client.get(f"/report?from=2026-01-{day}&to=2026-01-{day}")
        assert (await client.get(f"/report?{WEEK}")).status == 200

    site_with(counter).visit(talk)
    # The first one has been dropped for later ones.
    assert len(counter.asked) == 12


def test_a_viewer_reads_the_page_and_takes_no_pdf(tmp_path: Path) -> None:
    settings = token_settings(tmp_path, f"alice: {ALICE}\nvera: {ALICE[::-1]} viewer\n")
    site = site_with(Counter(), settings)
    for token, status in ((ALICE, 200), (ALICE[::-1], 403)):
        bearer = {"Authorization": f"Bearer {token}"}
        page = site.get(f"/report?{WEEK}", **bearer)
        assert page[0] == 200
        assert ("Download as PDF" in page[1]) is (status == 200)
    assert site.get(f"/report.pdf?{WEEK}", Authorization=f"Bearer {ALICE[::-1]}")[0] == 403
    assert site.get(f"/report?{WEEK}")[0] == 303


def test_what_is_no_period_is_told() -> None:
    counter = Counter()
    for query in ("from=x&to=y", "from=2026-01-02&to=2026-01-01", "from=2020-01-01&to=2026-01-01"):
        assert site_with(counter).get(f"/report?{query}")[0] == 400
    assert site_with(counter).get("/report.pdf")[0] == 400
    assert counter.asked == []


def test_one_report_is_made_at_a_time() -> None:
    counter = Counter()
    counter.may_go.clear()

    async def talk(client: TestClient) -> None:
        first = asyncio.create_task(client.get(f"/report?{WEEK}"))
        await asyncio.sleep(0.2)
        second = await client.get("/report?from=2026-01-01&to=2026-01-02")
        assert second.status == 429
        counter.may_go.set()
        assert (await first).status == 200

    site_with(counter).visit(talk)
    counter.failure = BrokerError("Kafka is away")
    status, text = site_with(counter).get(f"/report?{WEEK}")
    assert status == 503
    assert "Kafka did not answer" in text
