"""Feeds the simulated account into Kafka, at a pace."""

import threading
import time

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.time_units import DAY_SECONDS
from streams.ingest.packer import Packer
from streams.kafka.clients import broker_errors
from streams.settings.sections import KafkaSettings
from streams.simulation import Simulation
from streams.sources.formats.event_parser import EventParser

_RECORDS_BETWEEN_PACES = 100


class Feeder:
    """Parses simulated records like real ones and packs them.

    Parameters
    ----------
    simulation
        Where the records come from.
    parser
        Turns them into events.
    packer
        Sends the events.
    kafka
        Names the brokers in error messages.
    seconds_a_day
        Shortest time for a simulated day.
    """

    def __init__(
        self,
        simulation: Simulation,
        parser: EventParser,
        packer: Packer,
        kafka: KafkaSettings,
        seconds_a_day: float,
    ) -> None:
        self._simulation, self._parser, self._packer = simulation, parser, packer
        self._kafka = kafka
        self._seconds_a_day = seconds_a_day
        self._ended = threading.Event()
        self.simulated_seconds: float | None = None

    def stop(self) -> None:
        """Ask `feed` to stop soon; any thread may call this."""
        self._ended.set()

    def feed(self) -> None:
        """Send all records, then flush.

        Raises
        ------
        BrokerError
            If Kafka cannot be reached, or refused a message.
        """
        with broker_errors(self._kafka):
            began = time.monotonic()
            first: float | None = None
            for number, simulated in enumerate(self._simulation.records()):
                if self._ended.is_set():
                    return
                first = simulated.time if first is None else first
                if number % _RECORDS_BETWEEN_PACES == 0:
                    self.simulated_seconds = simulated.time
                    due = began + (simulated.time - first) / DAY_SECONDS * self._seconds_a_day
                    self._packer.send_due()
                    self._ended.wait(max(0.0, due - time.monotonic()))
                self._pack(simulated.record, f"record {number + 1}")
            self._packer.flush()

    def _pack(self, record: dict[str, object], position: str) -> None:
        for item in self._parser.parse(record, source="simulation", position=position):
            if isinstance(item, AccessEvent):
                self._packer.add(item)
            elif isinstance(item, DeadLetter):
                self._packer.add_dead_letter(item)
