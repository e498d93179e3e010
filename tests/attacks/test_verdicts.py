"""A verdict is believed about the incident that was judged, and about nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.errors import VerdictError, WireFormatError
from models.incidents.feedback import Feedback, Verdict, feedback_on
from models.incidents.incident import Incident, IncidentStatus
from streams.kafka.feedback_topic import decode_feedback
from streams.web.incident_store import IncidentStore

START = 1_767_225_600.0  # Thursday, 2026-01-01 00:00 UTC
HOUR, DAY = 3_600.0, 86_400.0
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def read(seconds: float, records: int, principal: str = "app-1", **fields: object) -> AccessEvent:
    values = {
        "event_id": f"{principal}-{seconds}",
        "time": START + seconds,
        "tenant": "A1",
        "principal": principal,
        "principal_kind": PrincipalKind.APPLICATION,
        "service": "orders",
        "operation": "getOrders",
        "outcome": Outcome.SUCCESS,
        "data_classes": (DataClass.CUSTOMER,),
        "records": records,
        "source_ip": "192.0.2.7",
        "user_agent": "erp/1.0",
        "credential_id": f"key-{principal}",
    }
    return AccessEvent(**(values | fields))


def habits(days: int, since: int = 0) -> list[AccessEvent]:
    return [
        read(hour * HOUR + 60 * index, 18 + (hour * 7 + index) % 5, f"app-{index}")
        for hour in range(since * 24, (since + days) * 24)
        for index in range(8)
    ]


def burst(day: float, calls: int, records: int = 100, **fields: object) -> list[AccessEvent]:
    return [read(day * DAY + 1800 + call, records, **fields) for call in range(calls)]


class Watched:
    """A detector and the last state of each incident that it found."""

    def __init__(self, days: int = 10) -> None:
        self.detector = Detector(DetectorSettings(), {})
        self.incidents: dict[str, Incident] = {}
        self.read(habits(days))
        assert not self.pages()

    def read(self, events: list[AccessEvent]) -> None:
        for incident in self.detector.process_batch(events):
            self.incidents[incident.incident_id] = incident

    def pages(self) -> list[Incident]:
        return [i for i in self.incidents.values() if i.page]

    def judge(self, incident: Incident, verdict: Verdict = Verdict.BENIGN) -> None:
        assert self.detector.apply_verdict(verdict_on(incident, verdict))

    def restart(self) -> None:
        kept = self.detector.take_changes()
        self.detector = Detector(DetectorSettings(), {})
        self.detector.restore(kept)


def verdict_on(incident: Incident, verdict: Verdict = Verdict.BENIGN, **fields: object) -> Feedback:
    decided = feedback_on(incident, verdict, note="", decided_at=NOW, by="maria")
    return msgspec.structs.replace(decided, **fields)


@pytest.mark.parametrize("restart", [False, True])
def test_a_theft_of_more_than_ten_times_what_was_judged_pages_again(restart: bool) -> None:
    watched = Watched()
    watched.read(burst(10, 24))
    (judged,) = watched.pages()
    watched.judge(judged)
    if restart:
        watched.restart()
    watched.read(burst(10.02, 700, 1_000))
    (first, again) = watched.pages()
    assert first.status is IncidentStatus.CLOSED
    assert again.status is IncidentStatus.OPEN
    assert again.exposure.records > 100 * judged.exposure.records


def test_one_huge_read_after_the_verdict_pages_again() -> None:
    watched = Watched()
    watched.read(burst(10, 24))
    watched.judge(watched.pages()[0])
    watched.read([read(10 * DAY + 1900, 625_903)])
    assert len(watched.pages()) == 2


def test_a_theft_in_slices_over_hours_pages_again_at_ten_times_the_size() -> None:
    watched = Watched()
    watched.read(burst(10, 24))
    watched.judge(watched.pages()[0])
    for hour in range(1, 20):
        watched.read(burst(10 + hour / 24, 23))
    assert len(watched.pages()) >= 2


def test_what_was_judged_and_a_little_more_goes_on_in_silence() -> None:
    watched = Watched()
    watched.read(burst(10, 24))
    watched.judge(watched.pages()[0])
    watched.read(burst(10.01, 24))
    assert len(watched.pages()) == 1


def test_whoever_claims_to_have_judged_a_huge_size_has_judged_what_there_was() -> None:
    watched = Watched()
    watched.read(burst(10, 24))
    forged = verdict_on(watched.pages()[0], judged_records=10**15)
    assert watched.detector.apply_verdict(forged)
    watched.read(burst(10.02, 700, 1_000))
    assert len(watched.pages()) == 2


def test_a_verdict_sent_without_a_size_accepts_what_there_was() -> None:
    watched = Watched()
    watched.read(burst(10, 24))
    assert watched.detector.apply_verdict(verdict_on(watched.pages()[0], judged_records=None))
    watched.read(burst(10.02, 700, 1_000))
    assert len(watched.pages()) == 2


def test_what_was_read_between_the_look_and_the_verdict_is_not_judged() -> None:
    watched = Watched()
    watched.read(burst(10, 24))
    seen = watched.pages()[0]
    watched.read(burst(10.001, 400))
    watched.judge(seen)
    watched.read(burst(10.02, 24))
    assert len(watched.pages()) == 2


def test_a_verdict_on_an_old_incident_accepts_nothing_of_a_newer_theft() -> None:
    watched = Watched()
    watched.read(burst(10, 24))
    (old,) = watched.pages()
    watched.read(habits(10, since=11))
    watched.read(burst(21, 120))
    (_, theft) = watched.pages()
    watched.judge(old)
    # The theft goes on; whoever judged the old incident has not seen it.
    watched.read(burst(21.01, 10))
    assert watched.incidents[theft.incident_id].status is IncidentStatus.OPEN
    watched.read(habits(12, since=22))
    watched.read(burst(34, 120))
    assert len(watched.pages()) == 3


def test_a_planted_record_read_under_a_benign_verdict_pages_again() -> None:
    watched = Watched()
    canary = 4711
    watched.detector = Detector(DetectorSettings(), {}, canaries=frozenset({canary}))
    watched.read(habits(10))
    watched.read(burst(10, 24))
    watched.judge(watched.pages()[0])
    watched.read([read(10 * DAY + 1900, 1, subject_ids=(canary,))])
    assert len(watched.pages()) == 2


def test_malicious_takes_a_benign_verdict_back() -> None:
    watched = Watched()
    watched.read(burst(10, 24))
    (judged,) = watched.pages()
    watched.judge(judged)
    watched.judge(judged, Verdict.MALICIOUS)
    watched.read(habits(12, since=11))
    known = len(watched.pages())
    watched.read(burst(23, 24))
    assert len(watched.pages()) == known + 1


@pytest.mark.parametrize(
    "forged",
    [
        {"tenant": "A2"},
        {"principal": "app-2"},
        {"principal": "nobody"},
        {"decided_at": datetime(2025, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_foreign_verdict_teaches_nothing(forged: dict[str, object]) -> None:
    watched, honest = Watched(), Watched()
    for each in (watched, honest):
        each.read(burst(10, 24))
    (incident,) = watched.pages()
    with pytest.raises(VerdictError, match="not a verdict"):
        watched.detector.apply_verdict(verdict_on(incident, **forged))
    assert watched.detector.take_changes() == honest.detector.take_changes()


@pytest.mark.parametrize("comes_first", ["incident", "forged", "real"])
@pytest.mark.parametrize(
    "forged",
    [
        {"tenant": "foreign", "decided_at": NOW},
        {"principal": "foreign", "decided_at": NOW},
        {"decided_at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)},
        {"decided_at": NOW + timedelta(minutes=10)},
        {"decided_at": datetime(1970, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_forged_verdict_is_not_shown_and_does_not_block_the_real_one(
    make_incident: Callable[..., Incident], forged: dict[str, object], comes_first: str
) -> None:
    store = IncidentStore(10, clock=NOW.timestamp)
    incident = make_incident()
    real = verdict_on(incident, Verdict.MALICIOUS, decided_at=NOW - timedelta(minutes=1))
    deeds = {
        "incident": lambda: store.take_incident(incident),
        "forged": lambda: try_to_take(store, verdict_on(incident, **forged)),
        "real": lambda: store.take_verdict(real),
    }
    deeds.pop(comes_first)()
    for deed in deeds.values():
        deed()
    assert store.verdict("i-1") == real


def test_a_forged_verdict_alone_is_not_shown(make_incident: Callable[..., Incident]) -> None:
    store = IncidentStore(10, clock=NOW.timestamp)
    incident = make_incident()
    store.take_verdict(verdict_on(incident, tenant="foreign"))
    store.take_verdict(verdict_on(incident, decided_at=datetime(1970, 1, 1, tzinfo=UTC)))
    store.take_incident(incident)
    assert store.verdict("i-1") is None


def try_to_take(store: IncidentStore, verdict: Feedback) -> None:
    try:
        store.take_verdict(verdict)
    except VerdictError as error:
        assert "foreign" not in str(error)


def test_who_writes_past_the_pages_shows_no_personal_data(
    make_incident: Callable[..., Incident],
) -> None:
    forged = verdict_on(
        make_incident(),
        note="call jane.buyer@example.com, 4111 1111 1111 1111\u202e",
        by="jane@example.com\x00 302-1234567-1234567",
    )
    shown = decode_feedback(msgspec.json.encode(forged))
    assert shown.note == "call [mail], [number]"
    assert shown.by == "jane"


@pytest.mark.parametrize(
    "changed",
    [
        {"decided_at": "2026-01-01T00:00:00"},
        {"judged_records": -1},
        {"judged_records": 1.5},
        {"note": "n" * 100_000},
        {"incident_id": "i" * 100_000},
        {"note": [[]]},
    ],
)
def test_a_verdict_of_another_form_is_refused(
    make_incident: Callable[..., Incident], changed: dict[str, object]
) -> None:
    value = msgspec.to_builtins(verdict_on(make_incident())) | changed
    with pytest.raises(WireFormatError):
        decode_feedback(msgspec.json.encode(value))


def test_a_verdict_of_an_earlier_release_is_read(make_incident: Callable[..., Incident]) -> None:
    value = msgspec.to_builtins(verdict_on(make_incident()))
    del value["judged_records"]
    assert decode_feedback(msgspec.json.encode(value)).judged_records is None
