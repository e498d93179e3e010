"""Tells how many messages of each open partition wait to be scored."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from aiokafka.errors import KafkaError
from faust.types import TP
from prometheus_client import Gauge

log = logging.getLogger("sellerwatch")


class LagObserver:
    """Sets the lag of each partition from the ends that the brokers tell.

    Brokers that do not answer stop no worker: the lag then counts to the ends last told, the log
    says so once, and `is_answered` is false until they do, because an old lag may hide that no
    event comes in.

    Parameters
    ----------
    ends
        Asks the brokers for the end offset of each partition.
    next_offsets
        Returns where reading continues in each open partition.
    lag
        Gauge with a label for the partition.

    Attributes
    ----------
    is_answered
        Whether the brokers told the ends when they were last asked; true without partitions.
    """

    def __init__(
        self,
        ends: Callable[..., Awaitable[Mapping[TP, int]]],
        next_offsets: Callable[[], Mapping[TP, int]],
        lag: Gauge,
    ) -> None:
        self._ends, self._next_offsets, self._lag = ends, next_offsets, lag
        self._known: dict[TP, int] = {}
        self.is_answered = True

    async def observe(self) -> None:
        """Ask once and set the gauge."""
        offsets = self._next_offsets()
        if offsets:
            await self._ask(offsets)
        else:
            # Whoever reads nothing has nothing to ask.
            self.is_answered = True
        for tp, offset in offsets.items():
            if tp in self._known:
                self._lag.labels(str(tp.partition)).set(max(0, self._known[tp] - offset))

    async def _ask(self, offsets: Mapping[TP, int]) -> None:
        try:
            self._known = dict(await self._ends(*offsets))
        except KafkaError as error:
            if self.is_answered:
                log.warning("the lag is counted to the ends last known: %s", error)
            self.is_answered = False
            return
        self.is_answered = True
