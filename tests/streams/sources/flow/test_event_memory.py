"""Tests of remembering events."""

from msgspec.structs import replace

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.sighting import Sighting
from streams.sources.flow.event_memory import EventMemory

EVENT = AccessEvent(
    event_id="1", time=1.0, tenant="A1", principal="p", principal_kind=PrincipalKind.ROLE,
    service="s3", operation="GetObject", outcome=Outcome.SUCCESS, content=7,
)  # fmt: skip
NEW, DUPLICATE, REUSED_ID = Sighting.NEW, Sighting.DUPLICATE, Sighting.REUSED_ID


def numbered(number: int) -> AccessEvent:
    return replace(EVENT, event_id=str(number))


def test_a_second_delivery_is_known_within_the_capacity() -> None:
    memory = EventMemory(capacity=100)
    assert all(memory.sight(numbered(n)) is NEW for n in range(1000))
    assert all(memory.sight(numbered(n)) is DUPLICATE for n in range(901, 1000))
    assert memory.sight(numbered(1)) is NEW


def test_another_tenant_is_another_event() -> None:
    memory = EventMemory()
    assert memory.sight(EVENT) is NEW
    assert memory.sight(replace(EVENT, tenant="A2")) is NEW


def test_other_content_is_another_event_under_a_reused_id() -> None:
    memory = EventMemory()
    assert memory.sight(EVENT) is NEW
    other = replace(EVENT, content=8)
    assert [memory.sight(e) for e in (other, other, EVENT)] == [REUSED_ID, DUPLICATE, DUPLICATE]


def test_what_the_lookup_of_a_place_or_the_catalogue_adds_makes_no_other_event() -> None:
    memory = EventMemory()
    memory.sight(EVENT)
    assert memory.sight(replace(EVENT, asn=64500, country="DE", operation="Get")) is DUPLICATE


def test_an_event_of_an_earlier_release_is_known_by_its_time() -> None:
    memory = EventMemory()
    assert memory.sight(replace(EVENT, content=0)) is NEW
    assert memory.sight(EVENT) is DUPLICATE
    assert memory.sight(replace(EVENT, time=2.0)) is REUSED_ID


def test_one_id_for_all_takes_no_more_room() -> None:
    memory = EventMemory(capacity=100)
    assert memory.sight(EVENT) is NEW
    assert all(memory.sight(replace(EVENT, content=n)) is not DUPLICATE for n in range(8, 1000))
    assert sum(map(len, memory._known.generations)) <= 200


def test_what_is_forgotten_is_new_again() -> None:
    memory = EventMemory()
    other = replace(EVENT, content=8)
    for event in (EVENT, other):
        memory.sight(event)
    memory.forget(other)
    assert memory.sight(other) is REUSED_ID
    memory.forget(EVENT)
    assert memory.sight(EVENT) is NEW
