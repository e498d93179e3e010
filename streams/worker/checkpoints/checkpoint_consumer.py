"""A Faust consumer that starts at the checkpoints, not at the group's commits."""

from collections.abc import Callable, Mapping
from typing import Any

from aiokafka.errors import CommitFailedError, KafkaError
from aiokafka.structs import OffsetAndMetadata
from faust.transport.drivers.aiokafka import (
    AIOKafkaConsumerThread,
    Consumer,
    ensure_aiokafka_TP,
)
from faust.types import TP


class _CheckpointThread(AIOKafkaConsumerThread):
    """Commits an offset with a note; Faust's own has none."""

    async def commit_noted(self, tp: TP, offset: int, note: str) -> bool:
        """Commit one offset; False if the group refuses."""
        return bool(await self.call_thread(self._commit_noted, tp, offset, note))

    async def _commit_noted(self, tp: TP, offset: int, note: str) -> bool:
        try:
            await self._ensure_consumer().commit(
                {ensure_aiokafka_TP(tp): OffsetAndMetadata(offset, note)}
            )
        except CommitFailedError:
            # The group has gone on without this worker.
            return False
        except KafkaError as error:
            # As in Faust: another worker may have better luck.
            await self.crash(error)
            return False
        return True


class CheckpointConsumer(Consumer):
    """Seeks to the checkpoints' offsets wherever Faust seeks to the committed ones.

    Parameters
    ----------
    positions
        Returns the next offset of each partition that has a state.
    transport
        Faust's transport.
    """

    def __init__(
        self, positions: Callable[[], Mapping[TP, int]], transport: Any, **options: Any
    ) -> None:
        self._positions = positions
        super().__init__(transport, **options)

    def _new_consumer_thread(self) -> _CheckpointThread:
        return _CheckpointThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Seek all partitions to where reading continues."""
        await super().perform_seek()
        mine = self.assignment()
        positions = {tp: offset for tp, offset in self._positions().items() if tp in mine}
        if positions:
            await self.seek_wait({ensure_aiokafka_TP(tp): n for tp, n in positions.items()})
            self._read_offset.update({tp: n or None for tp, n in positions.items()})

    async def confirm(self, tp: TP, offset: int, note: str) -> bool:
        """Commit an offset to the group; False if another worker owns the partition by now.

        The group's coordinator refuses a worker that has left, so this also fences a
        checkpoint. The note stays with the offset until the next commit.
        """
        if tp not in self.assignment():
            return False
        return bool(await self._thread.commit_noted(tp, offset, note))
