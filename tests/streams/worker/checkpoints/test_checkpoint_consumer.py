"""What Faust and aiokafka do to offsets, and that ours does not take part in it.

The first three tests hold the causes that docs/delivery.md names. When one of them fails,
a release has mended it, and the page is to be shortened.
"""

import asyncio
import inspect

import faust
import pytest
from aiokafka import AIOKafkaConsumer
from faust.types import TP

from streams.worker.checkpoints.checkpoint_consumer import CheckpointConsumer

PLACE = TP("events", 0)


class Thread:
    """Stands in for the thread of a consumer that is connected."""

    def __init__(self) -> None:
        self.sought: dict[TP, int] = {}
        self.committed: dict[TP, tuple[int, str]] = {}
        self.accepts = True

    def assignment(self) -> set[TP]:
        return {PLACE}

    async def seek_to_committed(self) -> dict[TP, int]:
        return {PLACE: 40}

    async def seek_wait(self, positions: dict[TP, int]) -> None:
        self.sought.update({TP(*tp): offset for tp, offset in positions.items()})

    async def commit_noted(self, tp: TP, offset: int, note: str) -> bool:
        self.committed[tp] = (offset, note)
        return self.accepts


async def make(positions: dict[TP, int]) -> tuple[CheckpointConsumer, Thread]:
    app = faust.App("group", broker="kafka://127.0.0.1:1", autodiscover=False)
    consumer = CheckpointConsumer(
        lambda: positions,
        app.transport,
        callback=lambda _: None,
        on_partitions_revoked=lambda _: None,
        on_partitions_assigned=lambda _: None,
    )
    consumer._thread.thread_loop.close()
    thread = consumer._thread = Thread()
    return consumer, thread


def test_fausts_commit_passes_a_message_that_was_not_acknowledged() -> None:
    async def commit() -> int | None:
        consumer, _ = await make({})
        consumer._committed_offset[PLACE] = 5
        consumer._acked[PLACE] = [6]
        return consumer._new_offset(PLACE)

    assert asyncio.run(commit()) == 7


def test_fausts_gap_swallows_the_message_behind_it() -> None:
    async def gap() -> list[int]:
        consumer, _ = await make({})
        # 3 and 4 are missing, 5 has just come and is not scored.
        await consumer._add_gap(PLACE, 3, 5)
        return [o for i in consumer._gap[PLACE] for o in range(i.begin, i.end)]

    assert asyncio.run(gap()) == [3, 4, 5]


def test_aiokafka_does_not_seek_a_partition_without_a_commit() -> None:
    assert "if offset and offset > 0:" in inspect.getsource(AIOKafkaConsumer.seek_to_committed)


def test_a_seek_ends_at_the_checkpoint() -> None:
    async def seek() -> tuple[dict[TP, int], int | None]:
        consumer, thread = await make({PLACE: 25, TP("events", 1): 9})
        await consumer.perform_seek()
        return thread.sought, consumer._read_offset[PLACE]

    assert asyncio.run(seek()) == ({PLACE: 25}, 25)


def test_a_first_checkpoint_is_sought_as_well() -> None:
    async def seek() -> tuple[dict[TP, int], int | None]:
        consumer, thread = await make({PLACE: 0})
        await consumer.perform_seek()
        return thread.sought, consumer._read_offset[PLACE]

    assert asyncio.run(seek()) == ({PLACE: 0}, None)


@pytest.mark.parametrize("accepts", [True, False])
def test_the_coordinator_is_the_fence(accepts: bool) -> None:
    async def confirm() -> tuple[bool, bool, dict[TP, tuple[int, str]]]:
        consumer, thread = await make({})
        thread.accepts = accepts
        mine = await consumer.confirm(PLACE, 12, "note")
        other = await consumer.confirm(TP("events", 3), 12, "note")
        return mine, other, thread.committed

    assert asyncio.run(confirm()) == (accepts, False, {PLACE: (12, "note")})
