"""Whoever forges the time of events must change no page, and be reported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from account import KEY, Account
from msgspec.structs import replace

from models.detection.clock_reset import reset_clock
from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from models.incidents.incident import Incident
from models.state.detector_memory import DetectorMemory
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.sources.files.read_events import read_events

NIGHT = 6.5


@pytest.fixture(scope="module")
def events(account: Account) -> list[AccessEvent]:
    return account.parse(account.records)


def after(events: list[AccessEvent], days: float) -> int:
    return next(n for n, e in enumerate(events) if e.time > events[0].time + days * DAY_SECONDS)


def ahead_of(events: list[AccessEvent], days: float, at: int, **fields: object) -> AccessEvent:
    read = events[at]
    return replace(read, time=read.time + days * DAY_SECONDS, event_id="forged", **fields)


@pytest.mark.parametrize("days", [0.02, 0.5, 0.99, 5.0, 59.9, 400.0])
def test_one_event_from_the_future_changes_no_page(
    account: Account, events: list[AccessEvent], honest_pages: set[str], days: float
) -> None:
    at = after(events, NIGHT)
    forged = [*events[:at], ahead_of(events, days, at), *events[at:]]
    assert account.paged(account.detect(forged)) == honest_pages


@pytest.mark.parametrize("first", ["thief", ""])
def test_a_first_event_of_the_year_2090_changes_no_page(
    account: Account, events: list[AccessEvent], honest_pages: set[str], first: str
) -> None:
    name = first or events[0].principal
    forged = replace(events[0], time=3.8e9, principal=name, event_id="forged")
    assert account.paged(account.detect([forged, *events])) == honest_pages


def stepping_ahead(events: list[AccessEvent]) -> list[AccessEvent]:
    """Add a caller of harmless calls whose clock runs ahead, an hour with each call."""
    forged: list[AccessEvent] = []
    harmless = {"data_classes": (), "records": None, "bytes": None, "subject_ids": ()}
    for number, read in enumerate(events):
        forged.append(read)
        if number % 50 == 0:
            ahead = read.time + (1 + number / 50) * HOUR_SECONDS
            name = f"f-{number}"
            forged.append(replace(read, time=ahead, principal="thief", event_id=name, **harmless))
    return forged


def test_a_principal_that_steps_ahead_hour_by_hour_changes_no_page(
    account: Account, events: list[AccessEvent], honest_pages: set[str]
) -> None:
    assert account.paged(account.detect(stepping_ahead(events))) == honest_pages


def test_a_principal_that_steps_ahead_keeps_few_hours_open(events: list[AccessEvent]) -> None:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(stepping_ahead(events))
    largest = max(len(value) for value in detector.take_changes().values())
    assert largest < 100_000
    thieves = [s for k, s in detector._memory.states.items() if k[1] == "thief"]
    assert thieves
    assert all(len(thief.windows) <= 72 for thief in thieves)


def test_a_thief_whose_own_clock_is_ahead_is_paged_as_ever(
    account: Account, events: list[AccessEvent]
) -> None:
    burst = next(attack for attack in account.attacks if attack.kind == "burst")
    stolen = set(burst.event_ids)
    forged = [replace(e, time=e.time + 3600.0) if e.event_id in stolen else e for e in events]
    assert "burst" in account.paged(account.detect(forged))


@pytest.mark.parametrize("hours", [2, 5, 30])
def test_a_thief_whose_own_clock_is_behind_is_paged_as_ever(
    account: Account, events: list[AccessEvent], hours: int
) -> None:
    burst = next(attack for attack in account.attacks if attack.kind == "burst")
    stolen, shift = set(burst.event_ids), hours * HOUR_SECONDS
    forged = [replace(e, time=e.time - shift) if e.event_id in stolen else e for e in events]
    pages = [i for i in account.detect(forged) if i.principal == burst.principal and i.page]
    assert any(burst.start - shift - 1 <= i.paged_at.timestamp() <= burst.end for i in pages)


@pytest.mark.parametrize("when", [4e9, float("nan"), float("inf"), -5.0])
def test_an_event_from_after_its_arrival_is_judged_at_its_arrival(
    events: list[AccessEvent], when: float
) -> None:
    canary = 77
    detector = Detector(DetectorSettings(), {}, canaries=frozenset({canary}))
    detector.process_batch(events[:2000], arrived_seconds=events[1999].time + 5)
    arrived = events[1999].time + 60
    read = replace(events[1999], time=when, subject_ids=(canary,), event_id="forged")
    (incident, *_) = detector.process_batch([read], arrived_seconds=arrived)
    assert incident.page
    assert incident.opened_at.timestamp() == pytest.approx(arrived)
    assert detector.future_events_total == 1


def test_a_restored_clock_is_not_ahead_either(
    account: Account, events: list[AccessEvent], honest_pages: set[str]
) -> None:
    at = after(events, NIGHT)
    first = Detector(DetectorSettings(), {})
    first.process_batch([*events[:at], ahead_of(events, 30.0, at)])
    second = Detector(DetectorSettings(), {})
    second.restore(first.take_changes())
    found = {i.incident_id: i for i in second.process_batch(events[at:])}
    found.update((i.incident_id, i) for i in second.finish())
    assert account.paged(found.values()) == honest_pages


Shift = Callable[[AccessEvent], float]


@pytest.mark.parametrize(
    "shift",
    [
        pytest.param(lambda e: e.time, id="as it is"),
        pytest.param(lambda e: e.time + (e.time - 1.7e9) * 1e-5, id="a slow drift of all clocks"),
        pytest.param(lambda e: e.time + 3600.0, id="daylight saving, for all"),
    ],
)
def test_honest_clocks_lose_no_event(
    account: Account, events: list[AccessEvent], shift: Shift
) -> None:
    detector = Detector(DetectorSettings(), {})
    moved = sorted((replace(e, time=shift(e)) for e in events), key=lambda e: e.time)
    detector.process_batch(moved)
    assert detector.late_events_total == 0
    assert detector.time_jumps_total == 0


def test_a_source_an_hour_behind_is_counted_where_lateness_allows_it(
    events: list[AccessEvent],
) -> None:
    behind = {e.principal for e in events if e.service == "s3"}
    delayed = sorted(events, key=lambda e: e.time + 3600.0 * (e.principal in behind))
    detector = Detector(DetectorSettings(allowed_lateness_seconds=4500), {})
    detector.process_batch(delayed)
    assert behind
    assert detector.late_events_total == 0


SOURCES = {"storage": True, "the seller API": False}


def delayed(
    events: list[AccessEvent], late: set[str], *, is_live: bool
) -> tuple[Detector, list[Incident]]:
    """Deliver some principals' events an hour late; Kafka stamps them, a file does not."""
    arrivals = [(e.time + HOUR_SECONDS * (e.principal in late), e) for e in events]
    arrivals.sort(key=lambda arrival: arrival[0])
    detector, found = Detector(DetectorSettings(), {}), {}
    for first in range(0, len(arrivals), 20):
        part = arrivals[first : first + 20]
        told = detector.process_batch([e for _, e in part], part[-1][0] if is_live else None)
        found.update((incident.incident_id, incident) for incident in told)
    found.update((incident.incident_id, incident) for incident in detector.finish())
    return detector, list(found.values())


@pytest.mark.parametrize("is_storage", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("is_live", [True, False])
def test_a_source_an_hour_behind_pages_with_the_defaults(
    account: Account, events: list[AccessEvent], is_storage: bool, is_live: bool
) -> None:
    storage = {e.principal for e in events if e.service == "s3"}
    late = {e.principal for e in events if (e.principal in storage) is is_storage}
    _, in_time = delayed(events, set(), is_live=is_live)
    detector, found = delayed(events, late, is_live=is_live)
    assert account.paged(found) == account.paged(in_time)
    assert {a.kind for a in account.attacks if a.principal in late} & account.paged(found)
    assert sum(i.page for i in found) <= sum(i.page for i in in_time)
    assert detector.late_events_total > 1000


def two_in_2090(events: list[AccessEvent], at: int) -> list[AccessEvent]:
    """Two callers who agree on a time: that of a broker whose clock was wrong, say."""
    return [
        replace(events[at], time=3.8e9 + n, principal=f"forger-{n % 2}", event_id=f"forged-{n}")
        for n in range(4)
    ]


@pytest.mark.parametrize("is_reset", [True, False])
def test_a_clock_that_is_reset_pages_again(
    account: Account, events: list[AccessEvent], honest_pages: set[str], is_reset: bool
) -> None:
    at = after(events, NIGHT)
    before = Detector(DetectorSettings(), {})
    before.process_batch([*events[:at], *two_in_2090(events, at)])
    memory = DetectorMemory(
        DetectorSettings().threshold_prior_days, DetectorSettings().cohort_weight
    )
    saved = before.take_changes()
    memory.restore(saved)
    if is_reset:
        reset_clock(memory, DetectorSettings(), events[at].time)
        saved |= memory.take_changes()
    detector = Detector(DetectorSettings(), {})
    detector.restore(saved)
    found = detector.process_batch(events[at:]) + detector.finish()
    assert (account.paged(found) == honest_pages) is is_reset
    assert detector.principals_known >= before.principals_known > 10
    assert (detector.newest_event_seconds == pytest.approx(events[-1].time, abs=3600)) is is_reset


def is_call(record: dict[str, Any]) -> bool:
    return "application_id" in record and record["status"] == 200


def forged_lines(
    account: Account, at: int, *, names: int, days: float, count: int
) -> list[dict[str, Any]]:
    """Copy a harmless call under several applications' names, with times ahead of its own."""
    call = next(r for r in account.records[at:] if is_call(r))
    since = account.parse([call])[0].time + days * DAY_SECONDS
    named = ({"application_id": f"thief-{n % names}", "request_id": f"f-{n}"} for n in range(count))
    return [call | own | {"time": since + n / 1000} for n, own in enumerate(named)]


def read_back(folder: Path) -> list[AccessEvent]:
    parser = make_parser(Settings(), "auto", KEY)
    return [e for e in read_events([str(folder)], parser) if isinstance(e, AccessEvent)]


def write(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in records))


def late(events: list[AccessEvent]) -> int:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(events)
    return detector.late_events_total


@pytest.mark.parametrize("days", [0.99, 59.9])
@pytest.mark.parametrize(
    "forgery", ["one, 2, 4", "one, 5, 2000", "by kind, 5, 2000", "by day, 2, 40"]
)
def test_several_names_in_one_log_move_nobody_s_time(
    account: Account, honest_pages: set[str], tmp_path: Path, forgery: str, days: float
) -> None:
    """Whoever holds several keys writes them into one file; nobody else's events are late."""
    files, names, lines = forgery.split(", ")
    at, count = int(len(account.records) * 0.65), int(lines)
    forged = forged_lines(account, at, names=int(names), days=days, count=count)
    if files == "one":
        write(tmp_path / "all.ndjson", [*account.records[:at], *forged, *account.records[at:]])
    elif files == "by kind":
        calls = [[*filter(is_call, part)] for part in (account.records[:at], account.records[at:])]
        write(tmp_path / "calls.ndjson", [*calls[0], *forged, *calls[1]])
        write(tmp_path / "rest.ndjson", [r for r in account.records if not is_call(r)])
    else:
        step = len(account.records) // 10
        for first in range(0, len(account.records), step):
            # At the head of each file, where they say when it is opened.
            head = forged if first <= at < first + step else []
            write(tmp_path / f"{first}.ndjson", head + account.records[first : first + step])
    events = read_back(tmp_path)
    assert sum(e.principal.startswith("thief-") for e in events) == count
    assert account.paged(account.detect(events)) == honest_pages
    assert late(events) == 0


def test_a_line_from_the_future_does_not_hold_back_its_file(
    account: Account, honest_pages: set[str], tmp_path: Path
) -> None:
    at = int(len(account.records) * 0.65)
    calls = [[*filter(is_call, part)] for part in (account.records[:at], account.records[at:])]
    forged = forged_lines(account, at, names=1, days=30.0, count=1)
    write(tmp_path / "calls.ndjson", [*calls[0], *forged, *calls[1]])
    write(tmp_path / "rest.ndjson", [r for r in account.records if not is_call(r)])
    events = read_back(tmp_path)
    assert [e.time for e in events] == sorted(e.time for e in events)
    assert account.paged(account.detect(events)) == honest_pages
