"""Tests of remembering events."""

import msgspec

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from streams.sources.flow.event_memory import EventMemory

EVENT = AccessEvent(
    event_id="1", time=1.0, tenant="A1", principal="p", principal_kind=PrincipalKind.ROLE,
    service="s3", operation="GetObject", outcome=Outcome.SUCCESS,
)  # fmt: skip


def numbered(number: int) -> AccessEvent:
    return msgspec.structs.replace(EVENT, event_id=str(number))


def test_a_second_delivery_is_known_within_the_capacity() -> None:
    memory = EventMemory(capacity=100)
    assert all(memory.is_new(numbered(n)) for n in range(1000))
    assert not any(memory.is_new(numbered(n)) for n in range(901, 1000))
    assert memory.is_new(numbered(1))


def test_another_tenant_or_time_is_another_event() -> None:
    memory = EventMemory()
    assert memory.is_new(EVENT)
    assert memory.is_new(msgspec.structs.replace(EVENT, tenant="A2"))
    assert memory.is_new(msgspec.structs.replace(EVENT, time=2.0))


def test_what_is_forgotten_is_new_again() -> None:
    memory = EventMemory()
    assert memory.is_new(EVENT)
    memory.forget(EVENT)
    assert memory.is_new(EVENT)
