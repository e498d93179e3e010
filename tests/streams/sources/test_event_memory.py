"""Tests of remembering events."""

from streams.sources.event_memory import EventMemory


def test_a_second_delivery_is_known_within_the_capacity() -> None:
    memory = EventMemory(capacity=100)
    assert all(memory.is_new_id("A1", str(n)) for n in range(1000))
    assert not any(memory.is_new_id("A1", str(n)) for n in range(901, 1000))
    assert memory.is_new_id("A1", "1")


def test_tenants_do_not_share_ids() -> None:
    memory = EventMemory()
    assert memory.is_new_id("A1", "1")
    assert memory.is_new_id("A2", "1")
