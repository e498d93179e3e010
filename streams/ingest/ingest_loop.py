"""Moves records from live sources to Kafka and keeps their positions."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from streams.ingest.packer import Packer
from streams.settings.sections import SourceSettings
from streams.sources.flow.event_order import EventOrder
from streams.sources.flow.live_source import LiveSource, Tracked
from streams.sources.flow.offset_tracker import PendingOffset
from streams.sources.flow.tally import Tally
from streams.sources.formats.skipped import Skipped

_IDLE_SECONDS: Final = 0.1


class IngestLoop:
    """Reads live sources in turn; a position moves only after Kafka has acknowledged.

    Parameters
    ----------
    sources
        The sources to read.
    packer
        Sends events and dead letters.
    order
        Drops duplicates and echoes, and puts events in order.
    settings
        How often to flush, and how long events are held.
    clock
        Monotonic seconds.
    sleep
        Waits for a number of seconds.
    """

    def __init__(
        self,
        sources: Sequence[LiveSource],
        packer: Packer,
        order: EventOrder[PendingOffset],
        settings: SourceSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sources = sources
        self._packer = packer
        self._order = order
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._flushed = self._heard = clock()
        self._is_dirty = False
        self.tally = Tally()
        for source in sources:
            source.before_handover(self._flush)

    def run(self, should_stop: Callable[[], bool], *, follow: bool) -> None:
        """Read until told to stop or, unless following, until every source is exhausted.

        Raises
        ------
        kafka.errors.KafkaError
            If a message was refused; the positions stay where they were.
        """
        while not should_stop():
            has_read = self.step()
            if not has_read and not follow and all(s.is_exhausted for s in self._sources):
                break
            if not has_read:
                self._sleep(_IDLE_SECONDS)
        self.settle()

    def step(self) -> bool:
        """Read once from every source; return whether there was anything."""
        has_read = False
        for source in self._sources:
            for tracked in source.poll():
                has_read = True
                self._take(tracked)
            for event, place, is_echo in self._order.ready():
                self._release(event, place, is_echo)
        now = self._clock()
        if has_read:
            self._heard = now
        elif len(self._order) and now - self._heard >= self._settings.idle_release_seconds:
            self._drain()
        self._packer.send_due()
        if self._is_dirty and now - self._flushed >= self._settings.flush_seconds:
            self._flush()
        return has_read

    def settle(self) -> None:
        """Send everything that is held, wait for Kafka, and save the positions."""
        self._drain()
        self._flush()

    def _drain(self) -> None:
        for event, place, is_echo in self._order.drain():
            self._release(event, place, is_echo)

    def _take(self, tracked: Tracked) -> None:
        item, place = tracked
        self._is_dirty = True
        if isinstance(item, AccessEvent):
            if self._order.push(item, place):
                return
            item = Skipped("duplicate")
        elif isinstance(item, DeadLetter):
            self._packer.add_dead_letter(item)
        self.tally.count(item)
        place.is_done = True

    def _release(self, event: AccessEvent, place: PendingOffset, is_echo: bool) -> None:
        if place.is_cancelled:
            self._order.memory.forget(event)
            return
        if is_echo:
            self.tally.count(Skipped("echo"))
        else:
            self._packer.add(event)
            self.tally.count(event)
        self._is_dirty = place.is_done = True

    def _flush(self) -> None:
        self._packer.flush()
        for source in self._sources:
            source.commit()
        self._flushed = self._clock()
        self._is_dirty = False
