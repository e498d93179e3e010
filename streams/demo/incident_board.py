"""The newest state of each incident that the demo has seen."""

from collections.abc import Callable

import msgspec
from kafka import KafkaConsumer

from models.incidents.incident import Incident

_MESSAGES_AT_ONCE = 2000


class IncidentBoard:
    """Reads the incidents topic.

    Parameters
    ----------
    consumer
        Subscribed to the topic.
    on_page
        Called with each incident when it becomes a page.
    """

    def __init__(self, consumer: KafkaConsumer, on_page: Callable[[Incident], None]) -> None:
        self._consumer = consumer
        self._on_page = on_page
        self.incidents: dict[str, Incident] = {}

    def poll(self, timeout_seconds: float) -> None:
        """Take new messages; wait at most `timeout_seconds` for the first one."""
        polled = self._consumer.poll(
            timeout_ms=int(timeout_seconds * 1000), max_records=_MESSAGES_AT_ONCE
        )
        for messages in polled.values():
            for message in messages:
                self._take(msgspec.json.decode(message.value, type=Incident))

    def _take(self, incident: Incident) -> None:
        known = self.incidents.get(incident.incident_id)
        self.incidents[incident.incident_id] = incident
        if incident.page and (known is None or not known.page):
            self._on_page(incident)
