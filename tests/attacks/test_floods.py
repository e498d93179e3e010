from collections.abc import Callable, Iterator
from heapq import merge
from unittest.mock import patch

import pytest
from account import Account
from msgspec.structs import replace

from models.detection import scorer
from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Grant, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.incidents.incident import Incident, IncidentKind
from models.tuning.detection import SCORES_AN_HOUR
from models.tuning.observation import WINDOW_NEW_VALUES_KEPT
from models.tuning.rules import RAW_KEY_CREDENTIALS_KEPT
from models.tuning.state import STRANGERS_LEAST_REFUSED

START = 1_767_225_600.0  # 2026-01-01 00:00 UTC
HOUR = 3600.0
DAY = 24 * HOUR
HABIT_DAYS = 8
FLOOD = 3000
AFTER_HABITS = START + HABIT_DAYS * DAY
Change = Callable[[AccessEvent, int], AccessEvent]


def call(seconds: float, principal: str = "erp", tenant: str = "A1") -> AccessEvent:
    return AccessEvent(
        event_id=f"{principal}-{seconds}",
        time=seconds,
        tenant=tenant,
        principal=principal,
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
        data_classes=(DataClass.CUSTOMER,),
        records=5,
        subject_ids=(7, 8),
        credential_id="key-1",
        source_ip="192.0.2.5",
        user_agent="erp/1.0",
    )


def habits(tenant: str = "A1", days: int = HABIT_DAYS) -> list[AccessEvent]:
    return [
        call(START + hour * HOUR + 60 * number, f"app-{number}", tenant)
        for hour in range(days * 24)
        for number in range(5)
    ]


def new_agent(event: AccessEvent, number: int) -> AccessEvent:
    return replace(event, user_agent=f"agent-{number}")


def new_network(event: AccessEvent, number: int) -> AccessEvent:
    return replace(event, source_ip=f"10.{number >> 8 & 255}.{number & 255}.7")


def new_operation(event: AccessEvent, number: int) -> AccessEvent:
    return replace(event, operation=f"getOrder{number}")


def new_resource(event: AccessEvent, number: int) -> AccessEvent:
    return replace(event, resource=f"table-{number}")


def new_credential(event: AccessEvent, number: int) -> AccessEvent:
    return replace(event, credential_id=f"key-{number}")


def new_raw_key(event: AccessEvent, number: int) -> AccessEvent:
    return replace(event, credential_id=f"key-{number}", grant=Grant.SECRET_KEY)


def new_everything(event: AccessEvent, number: int) -> AccessEvent:
    changed = new_credential(new_resource(new_operation(event, number), number), number)
    return new_network(new_agent(changed, number), number)


def alternating(event: AccessEvent, number: int) -> AccessEvent:
    return replace(new_network(event, number % 2), outcome=list(Outcome)[number % 2])


def secret(event: AccessEvent, number: int) -> AccessEvent:
    return replace(event, restricted=True, data_classes=(), event_id=f"secret-{number}")


def many_subjects(event: AccessEvent, number: int) -> AccessEvent:
    return replace(event, subject_ids=tuple(range(number * 100 + 1, number * 100 + 101)))


def name_refused(event: AccessEvent, number: int) -> AccessEvent:
    return replace(event, principal=f"made-up-{number}", outcome=Outcome.DENIED)


def name_succeeding(event: AccessEvent, number: int) -> AccessEvent:
    return replace(event, principal=f"made-up-{number}")


def tenant_succeeding(event: AccessEvent, number: int) -> AccessEvent:
    return replace(event, tenant=f"tenant-{number}", principal="one")


OF_ONE = [
    new_agent, new_network, new_operation, new_resource, new_credential, new_raw_key,
    new_everything, alternating, secret, many_subjects,
]  # fmt: skip
OF_MANY = [name_refused, name_succeeding, tenant_succeeding]


def flood(change: Change, since: float, count: int, like: AccessEvent) -> Iterator[AccessEvent]:
    for number in range(count):
        event = replace(like, time=since + number * HOUR / count, event_id=f"f{since}-{number}")
        yield change(event, number)


def detector_with_habits(max_principals: int = 20) -> Detector:
    detector = Detector(DetectorSettings(max_principals=max_principals), {})
    detector.process_batch(habits())
    return detector


def known(detector: Detector) -> set[str]:
    """Return the names that a detector which goes on from its snapshots knows."""
    names = [key.split(b"\0") for key, value in detector.take_changes().items() if value]
    return {name[2].decode() for name in names if name[0] == b"principal"}


def scores_of(detector: Detector, events: list[AccessEvent]) -> int:
    with patch(
        "models.detection.scorer.score_channels", wraps=scorer.score_channels
    ) as score_channels:
        detector.process_batch(events)
    return score_channels.call_count


@pytest.mark.parametrize("change", [*OF_ONE, *OF_MANY])
def test_no_page_of_the_account_is_lost_in_a_flood(
    account: Account, honest_pages: set[str], change: Change
) -> None:
    events = account.parse(account.records)
    attacked = {attack.principal for attack in account.attacks}
    like = next(
        e
        for e in events
        if e.principal not in attacked and any(d.is_sensitive for d in e.data_classes)
    )
    if change in OF_ONE:
        # A bulk read would be a page of its own.
        like = replace(like, data_classes=(DataClass.NONE,))
    # More names than there is room for, where they come from names; before, amid and after.
    count = 6000 if change in OF_MANY else 1500
    begins = events[0].time
    places = [begins + 6 * DAY, *(attack.start - HOUR / 2 for attack in account.attacks[::4])]
    places.append(events[-1].time - 2 * HOUR)
    floods = [
        flood(lambda e, n, p=place: change(e, n + p * count), since, count, like)
        for place, since in enumerate(sorted(places))
    ]
    mixed = merge(events, *floods, key=lambda event: event.time)
    assert account.paged(account.detect(mixed)) >= honest_pages


def test_who_is_refused_under_made_up_names_leaves_no_state_and_evicts_nobody() -> None:
    detector = detector_with_habits()
    detector.process_batch(list(flood(name_refused, AFTER_HABITS, FLOOD, call(0))))
    assert detector.principals_known == 5
    assert detector.evicted_principals_total == 0


def test_who_tries_made_up_names_is_reported_in_a_handful_of_states_of_one_incident() -> None:
    detector = detector_with_habits()
    found = detector.process_batch(list(flood(name_refused, AFTER_HABITS, FLOOD, call(0))))
    (incident,) = {incident.incident_id: incident for incident in found}.values()
    assert incident.kinds == (IncidentKind.ENUMERATION,)
    assert not incident.page
    assert incident.principal == "fleet"
    assert incident.exposure.calls >= FLOOD / 2
    assert "unknown names" in incident.reasons[0].text
    assert len(found) < 10


def test_a_few_refused_calls_of_unknown_names_are_no_incident() -> None:
    detector = detector_with_habits()
    few = list(flood(name_refused, AFTER_HABITS, STRANGERS_LEAST_REFUSED - 1, call(0)))
    assert detector.process_batch(few) == []


@pytest.mark.parametrize("noise", [0, FLOOD])
def test_one_unknown_name_that_walks_through_refused_ids_is_told_by_its_name(noise: int) -> None:
    detector = detector_with_habits()
    like = replace(call(0, "thief"), outcome=Outcome.DENIED, sequential_ids=2)
    trying = flood(lambda event, _: event, AFTER_HABITS, 60, like)
    others = flood(name_refused, AFTER_HABITS, noise, call(0))
    found = detector.process_batch(list(merge(others, trying, key=lambda e: e.time)))
    told = [i for i in [*found, *detector.finish()] if i.principal == "thief"]
    assert told[-1].kinds[0] is IncidentKind.ENUMERATION
    assert told[-1].exposure.calls == 60


def test_a_planted_id_is_seen_though_the_call_of_an_unknown_name_is_refused() -> None:
    detector = Detector(DetectorSettings(), {}, canaries=frozenset({7}))
    (found,) = detector.process(replace(call(START, "thief"), outcome=Outcome.DENIED))
    assert found.page
    assert found.kinds[0] is IncidentKind.CANARY


@pytest.mark.parametrize("change", [name_succeeding, tenant_succeeding])
def test_who_has_habits_stays_when_newcomers_have_no_room(change: Change) -> None:
    detector = detector_with_habits()
    detector.process_batch(list(flood(change, AFTER_HABITS, FLOOD, call(0))))
    assert {f"app-{number}" for number in range(5)} <= known(detector)
    assert detector.principals_known == 20


def test_names_with_open_incidents_do_not_drive_out_habits() -> None:
    settings = DetectorSettings(max_principals=20)
    detector = Detector(settings, {}, canaries=frozenset({99}))
    detector.process_batch(habits())
    planted = replace(call(0), subject_ids=(99,), outcome=Outcome.DENIED)
    detector.process_batch(list(flood(name_succeeding, AFTER_HABITS, 200, planted)))
    assert {f"app-{number}" for number in range(5)} <= known(detector)


def test_a_flood_in_one_tenant_evicts_no_newcomer_of_another() -> None:
    detector = detector_with_habits()
    others = [call(AFTER_HABITS + n, f"new-{n}", "A2") for n in range(5)]
    detector.process_batch(others)
    detector.process_batch(list(flood(name_succeeding, AFTER_HABITS + 9, FLOOD, call(0))))
    assert {f"new-{number}" for number in range(5)} <= known(detector)


def test_of_newcomers_the_one_that_reads_most_stays() -> None:
    detector = detector_with_habits()
    detector.process(replace(call(AFTER_HABITS, "thief"), records=90))
    detector.process_batch(list(flood(name_succeeding, AFTER_HABITS + 9, FLOOD, call(0))))
    assert "thief" in known(detector)


@pytest.mark.parametrize("cut", [1, 300, 700, 1111])
def test_a_detector_that_was_restored_in_a_flood_evicts_the_same(cut: int) -> None:
    floods = [
        flood(change, AFTER_HABITS + place, 400, call(0))
        for place, change in enumerate([name_refused, name_succeeding, tenant_succeeding])
    ]
    events = list(merge(*floods, key=lambda event: event.time))
    first, kept = detector_with_habits(), {}
    found = first.process_batch(events[:cut])
    kept |= first.take_changes()
    later = Detector(DetectorSettings(max_principals=20), {})
    later.restore(kept)
    found += later.process_batch(events[cut:])
    whole = detector_with_habits()
    assert whole.process_batch(events) == found
    names = {key for key, value in (kept | later.take_changes()).items() if value}
    assert names == {key for key, value in whole.take_changes().items() if value}


@pytest.mark.parametrize("change", OF_ONE)
def test_an_hour_of_one_principal_is_scored_a_bounded_number_of_times(change: Change) -> None:
    detector = detector_with_habits()
    events = list(flood(change, AFTER_HABITS, FLOOD, call(0, "app-1")))
    assert scores_of(detector, events) <= SCORES_AN_HOUR + 40


def test_findings_with_each_call_are_scored_a_bounded_number_of_times() -> None:
    detector = Detector(DetectorSettings(), {}, canaries=frozenset({7}))
    detector.process_batch(habits(days=2))
    events = list(flood(new_agent, START + 2 * DAY, FLOOD, call(0, "app-1")))
    assert scores_of(detector, events) <= SCORES_AN_HOUR + 40


@pytest.mark.parametrize("change", OF_ONE)
def test_the_snapshot_of_one_principal_stays_small_whatever_it_shows(change: Change) -> None:
    detector = detector_with_habits()
    detector.take_changes()
    detector.process_batch(list(flood(change, AFTER_HABITS, FLOOD, call(0, "app-1"))))
    snapshot = detector.take_changes()[b"principal\0A1\0app-1"]
    assert len(snapshot) < 100 * WINDOW_NEW_VALUES_KEPT


def test_a_truly_strange_value_counts_after_a_flood_of_others() -> None:
    detector = detector_with_habits()
    detector.process_batch(list(flood(new_agent, AFTER_HABITS, FLOOD, call(0, "app-1"))))
    stranger = replace(call(AFTER_HABITS + HOUR - 1, "app-1"), source_ip="203.0.113.9")
    assert scores_of(detector, [stranger]) == 1


def raw_key_reports(days: int) -> list[Incident]:
    detector = detector_with_habits()
    found = []
    for day in range(days):
        events = flood(
            lambda e, n, d=day: new_raw_key(e, n + FLOOD * d), AFTER_HABITS + day * DAY, FLOOD,
            call(0, "app-1"),
        )  # fmt: skip
        found += detector.process_batch(list(events))
    return [i for i in found if i.reasons[0].feature == "grant"]


def test_raw_keys_are_one_incident_a_day_that_names_a_few_and_counts_the_rest() -> None:
    found = raw_key_reports(days=1)
    counted = [i for i in found if "further raw secret keys" in i.reasons[0].text]
    assert len({i.incident_id for i in found}) == 1
    assert len(found) - len(counted) == RAW_KEY_CREDENTIALS_KEPT
    assert counted[-1].exposure.calls >= FLOOD / 2
    assert len(counted) < 20


def test_another_day_has_its_own_raw_key_incidents() -> None:
    found = raw_key_reports(days=2)
    assert len({i.incident_id for i in found}) == 2
