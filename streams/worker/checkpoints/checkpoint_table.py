"""The Faust table that holds the checkpoints, and the topic behind it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from typing import Final
from weakref import ref

import faust
from aiokafka.errors import KafkaError
from faust.streams import _current_event

from streams.settings.sections import CheckpointSettings, TopicSettings
from streams.worker.checkpoints.checkpoint_log import bucket

TABLE: Final = "checkpoints"
_log = logging.getLogger("sellerwatch")


class CheckpointTable:
    """Writes records of whole partitions, and remembers what it wrote.

    Parameters
    ----------
    app
        The Faust app.
    settings
        Where the worker keeps its copy.
    names
        The number of partitions.
    on_recover
        Called when the records of the assigned partitions are there.
    """

    def __init__(
        self,
        app: faust.App,
        settings: CheckpointSettings,
        names: TopicSettings,
        on_recover: Callable[[], Awaitable[None]],
    ) -> None:
        self._table = app.Table(
            TABLE,
            key_type=bytes,
            value_type=bytes,
            partitions=names.partitions,
            store=settings.store_url,
            on_recover=on_recover,
        )

    def records(self) -> dict[int, dict[bytes, bytes]]:
        """Return the records of each partition."""
        return bucket(self._table.items())

    async def put(self, partition: int, records: Sequence[tuple[bytes, bytes]]) -> bool:
        """Write records; False if Kafka has not acknowledged all of them."""
        sent = [self._table.send_changelog(partition, *record) for record in records]
        results = await asyncio.gather(*sent, return_exceptions=True)
        failure = next((r for r in results if isinstance(r, BaseException)), None)
        if failure is None:
            copy_context().run(self._keep, partition, records)
            return True
        if not isinstance(failure, KafkaError):
            raise failure
        _log.warning("a checkpoint was not acknowledged and is written again: %r", failure)
        return False

    async def drop_others(
        self, partition: int, kept: Mapping[bytes, bytes], spares: Callable[[bytes], bool]
    ) -> None:
        """Delete the records of a partition that a whole new checkpoint has made useless.

        `spares` says of a value that it is left alone.
        """
        there = self.records().get(partition, {})
        others = [key for key, value in there.items() if key not in kept and not spares(value)]
        # What is not deleted stays useless.
        sent = [self._table.send_changelog(partition, key, None) for key in others]
        await asyncio.gather(*sent, return_exceptions=True)
        copy_context().run(self._forget, partition, others)

    def _keep(self, partition: int, records: Sequence[tuple[bytes, bytes]]) -> None:
        event = _enter(partition)
        for key, value in records:
            self._table.data[key] = value
        del event

    def _forget(self, partition: int, keys: Sequence[bytes]) -> None:
        event = _enter(partition)
        for key in keys:
            self._table.data.pop(key, None)
        del event


@dataclass(frozen=True)
class _PositionMessage:
    partition: int


@dataclass(frozen=True)
class _Position:
    message: _PositionMessage


def _enter(partition: int) -> _Position:
    """Say which partition the table is written for, as long as the answer is kept."""
    # A store on disk takes the partition from the current event.
    event = _Position(_PositionMessage(partition))
    _current_event.set(ref(event))
    return event
