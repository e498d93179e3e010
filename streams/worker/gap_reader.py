"""Reads a range of offsets again, separately from the stream."""

import asyncio
from collections.abc import AsyncIterator

from faust.types import TP

from streams.kafka.topic_reader import TopicReader
from streams.settings.sections import KafkaSettings


class GapReader:
    """Fetches what a stream did not deliver, with its own consumer and without a group.

    Parameters
    ----------
    kafka
        Where the cluster is.
    """

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka

    async def read(
        self, tp: TP, begin: int, end: int
    ) -> AsyncIterator[tuple[int, bytes | None, float]]:
        """Yield offset, value and stamp (seconds) of the messages from `begin` to before `end`.

        Raises
        ------
        BrokerError
            If the cluster cannot be reached or does not deliver them.
        """
        if begin >= end:
            return
        # The reader blocks, so each poll waits in a thread.
        reader = await asyncio.to_thread(TopicReader, self._kafka, tp.topic)
        try:
            await asyncio.to_thread(reader.from_offsets, {tp.partition: (begin, end)})
            while not reader.has_caught_up:
                for message in await asyncio.to_thread(reader.poll):
                    if message.offset < end:
                        yield message.offset, message.value, message.stamped_milliseconds / 1000
        finally:
            await asyncio.to_thread(reader.close)
