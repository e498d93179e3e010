"""Writes down who looks at incidents."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from models.domain.network import network_of
from streams.kafka.audit_topic import AuditAction, AuditRecord, audit_key, encode_audit
from streams.presentation.untrusted_text import sanitize
from streams.web.page_clock import PageClock
from streams.web.person import Person

log = logging.getLogger("sellerwatch")
SendAudit = Callable[[bytes | None, bytes], Awaitable[None]]
_MOST_WAITING: Final = 1_000
_SEND_SECONDS: Final = 30.0
_END_SECONDS: Final = 2.0
_NAME_CHARACTERS: Final = 64


class AccessAudit:
    """Sends one record for each access, beside the answer.

    Whoever is woken must see the incident while Kafka is away: a record that cannot be sent is
    counted and logged, and holds up nobody.

    Parameters
    ----------
    send
        Writes key and value to the audit topic, and returns when they are acknowledged.
    clock
        Tells the time.
    count_failure
        Called for each record that is lost.
    """

    def __init__(
        self, send: SendAudit, clock: PageClock, count_failure: Callable[[], None]
    ) -> None:
        self._send, self._clock, self._count_failure = send, clock, count_failure
        self._waiting: set[asyncio.Task[None]] = set()

    def note(
        self,
        request: web.Request,
        action: AuditAction,
        person: Person | None,
        *,
        tenant: str | None = None,
        incident_id: str | None = None,
        ended_session: str | None = None,
        digest: str | None = None,
    ) -> None:
        """Write down one access."""
        if len(self._waiting) >= _MOST_WAITING:
            self._count_failure()
            return
        record = AuditRecord(
            time=self._clock.wall(),
            person=None if person is None else sanitize(person.name, _NAME_CHARACTERS),
            role=None if person is None else person.role.value,
            action=action,
            incident_id=incident_id,
            network=network_of((request.remote or "").partition("%")[0] or None, None),
            ended_session=ended_session,
            digest=digest,
        )
        task = asyncio.create_task(self._deliver(audit_key(tenant), encode_audit(record)))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _deliver(self, key: bytes | None, value: bytes) -> None:
        try:
            await asyncio.wait_for(self._send(key, value), _SEND_SECONDS)
        # The task would swallow whatever Kafka's client raises, and nobody would hear of it.
        except Exception as error:
            self._count_failure()
            log.warning("an access was not written to the audit topic: %s", type(error).__name__)

    async def close(self, application: web.Application) -> None:
        """Send what waits, for a moment; a clean-up handler of an aiohttp application."""
        if self._waiting:
            late = (await asyncio.wait(self._waiting, timeout=_END_SECONDS))[1]
            for task in late:
                task.cancel()
                self._count_failure()
