"""Counts what the events topic holds of a period, within a limit of time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from models.domain.event_batch import decode_batch
from models.errors import WireFormatError
from models.incidents.incident import Incident
from streams.exposure.exposure_count import ExposureCount
from streams.exposure.period import Period
from streams.kafka.incident_topic import decode_incident
from streams.kafka.topic_message import TopicMessage
from streams.kafka.topic_scan import TopicScan
from streams.settings.settings import Settings

_MOST_INCIDENTS: Final = 20_000


@dataclass(frozen=True)
class CountedTopic:
    """What was counted, and what is missing of it."""

    count: ExposureCount
    gaps: tuple[str, ...]


class ExposureReader:
    """Reads Kafka for reports.

    Parameters
    ----------
    settings
        The sections kafka and topics.
    clock
        Monotonic seconds.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock

    def count(self, period: Period, tenant: str | None, *, seconds: float) -> CountedTopic:
        """Count the events of a period, for so many seconds at most.

        Raises
        ------
        BrokerError
            If Kafka cannot be reached.
        """
        count, unreadable = ExposureCount(period, tenant), 0
        scan = self._scan(self._settings.topics.events, period, seconds)
        for message in scan.messages():
            try:
                batch = decode_batch(message.value or b"")
            except WireFormatError:
                unreadable += 1
                continue
            for event in batch.events:
                count.add(event)
        return CountedTopic(count, self._gaps(scan, seconds, unreadable))

    def _gaps(self, scan: TopicScan, seconds: float, unreadable: int) -> tuple[str, ...]:
        hours = self._settings.topics.events_retention_hours
        has_expired = any(place.has_expired for place in scan.partitions.values())
        found = (
            (not scan.partitions, f"the topic {scan.topic} is missing"),
            (
                not scan.is_whole,
                f"{scan.topic} could not be read to its end in {seconds:g} s: "
                "use 'sellerwatch report' with more --seconds",
            ),
            (
                has_expired,
                f"{scan.topic} keeps {hours} hours and may no longer hold the first days: "
                "give 'sellerwatch report' the raw logs",
            ),
            (unreadable > 0, f"{unreadable} messages of {scan.topic} are unreadable"),
        )
        return tuple(text for is_so, text in found if is_so)

    def incidents(self, period: Period, *, seconds: float) -> list[Incident]:
        """Return the newest states of the incidents since a period began.

        Raises
        ------
        BrokerError
            If Kafka cannot be reached.
        """
        newest: dict[str, tuple[TopicMessage, Incident]] = {}
        for message in self._scan(self._settings.topics.incidents, period, seconds).messages():
            try:
                incident = decode_incident(message.value or b"")
            except WireFormatError:
                continue
            known = newest.get(incident.incident_id)
            if known is None and len(newest) >= _MOST_INCIDENTS:
                continue
            if known is None or message.is_newer_than(known[0]):
                newest[incident.incident_id] = message._replace(value=None), incident
        return [incident for _, incident in newest.values()]

    def _scan(self, topic: str, period: Period, seconds: float) -> TopicScan:
        return TopicScan(
            self._settings.kafka,
            topic,
            since_seconds=period.begin_seconds,
            deadline=self._clock() + seconds,
            clock=self._clock,
        )
