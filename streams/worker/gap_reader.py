"""Reads a range of offsets again, apart from the stream."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import faust
from aiokafka import AIOKafkaConsumer
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth, ensure_aiokafka_TP
from faust.types import TP

_POLL_MILLISECONDS = 500
_LIMIT_SECONDS = 60.0


class GapReader:
    """Fetches what a stream did not deliver, with a consumer of its own and no group.

    Parameters
    ----------
    app
        Whose brokers and credentials it uses.
    clock
        Seconds that only go forward.
    """

    def __init__(self, app: faust.App, clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._clock = app, clock

    async def read(self, tp: TP, begin: int, end: int) -> AsyncIterator[tuple[int, bytes | None]]:
        """Yield offset and value of the messages from `begin` to before `end`.

        Raises
        ------
        TimeoutError
            If the brokers do not answer for a minute.
        """
        if begin >= end:
            return
        conf = self._app.conf
        consumer = AIOKafkaConsumer(
            bootstrap_servers=[f"{url.host}:{url.port}" for url in conf.broker_consumer],
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            **credentials_to_aiokafka_auth(conf.broker_credentials, conf.ssl_context),
        )
        await consumer.start()
        try:
            place = ensure_aiokafka_TP(tp)
            consumer.assign([place])
            consumer.seek(place, begin)
            deadline = self._clock() + _LIMIT_SECONDS
            while await consumer.position(place) < end:
                if self._clock() > deadline:
                    message = f"{tp.topic} partition {tp.partition}: offsets {begin} to {end}"
                    raise TimeoutError(message)
                records = await consumer.getmany(place, timeout_ms=_POLL_MILLISECONDS)
                for record in records.get(place, ()):
                    deadline = self._clock() + _LIMIT_SECONDS
                    if record.offset < end:
                        yield record.offset, record.value
                await asyncio.sleep(0)
        finally:
            await consumer.stop()
