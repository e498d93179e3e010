"""The incidents that the demo has seen, in their newest state."""

from collections.abc import Callable

import msgspec
from kafka import KafkaConsumer

from models.incidents.incident import Incident

_MESSAGES_AT_ONCE = 2000


class IncidentBoard:
    """Reads the topic of incidents.

    Parameters
    ----------
    consumer
        Subscribed to the topic.
    on_page
        Called with each incident when it has become a page.
    """

    def __init__(self, consumer: KafkaConsumer, on_page: Callable[[Incident], None]) -> None:
        self._consumer = consumer
        self._on_page = on_page
        self.incidents: dict[str, Incident] = {}

    def poll(self, timeout_seconds: float) -> None:
        """Take what has come, waiting at most so long for the first of it."""
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
