"""A Faust consumer that starts at the checkpoints, not at the group's commits."""

from collections.abc import Callable, Mapping
from typing import Any

from faust.transport.drivers.aiokafka import Consumer, ensure_aiokafka_TP
from faust.types import TP


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

    async def perform_seek(self) -> None:
        """Seek all partitions to where reading continues."""
        await super().perform_seek()
        mine = self.assignment()
        positions = {tp: offset for tp, offset in self._positions().items() if tp in mine}
        if positions:
            await self.seek_wait({ensure_aiokafka_TP(tp): n for tp, n in positions.items()})
            self._read_offset.update({tp: n or None for tp, n in positions.items()})

    async def confirm(self, tp: TP, offset: int) -> bool:
        """Commit an offset to the group; False if another worker owns the partition by now.

        The group's coordinator refuses a worker that has left, so this also fences a
        checkpoint.
        """
        if tp not in self.assignment():
            return False
        return bool(await self._commit({tp: offset}))
