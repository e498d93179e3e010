"""Feeds the simulated account into Kafka, at a pace."""

import threading
import time

from models.access_event import AccessEvent
from models.dead_letter import DeadLetter
from streams.packer import Packer
from streams.simulation import Simulation
from streams.sources.event_parser import EventParser


class Feeder(threading.Thread):
    """Parses simulated records like real ones and packs them, in a thread of its own.

    Parameters
    ----------
    simulation
        Where the records come from.
    parser
        Makes events of them.
    packer
        Sends them.
    seconds_a_day
        How long a simulated day takes at least.
    """

    def __init__(
        self, simulation: Simulation, parser: EventParser, packer: Packer, seconds_a_day: float
    ) -> None:
        super().__init__(name="feeder", daemon=True)
        self._simulation, self._parser, self._packer = simulation, parser, packer
        self._seconds_a_day = seconds_a_day
        self._ended = threading.Event()
        self.failure: Exception | None = None
        self.simulated_seconds: float | None = None

    def run(self) -> None:
        """Send everything, then flush; a failure is kept for the main thread to raise."""
        try:
            self._feed()
        except Exception as error:  # noqa: BLE001  it crosses threads and is raised there
            self.failure = error

    def stop(self) -> None:
        """Ask it to end soon."""
        self._ended.set()

    def _feed(self) -> None:
        began = time.monotonic()
        first: float | None = None
        for number, simulated in enumerate(self._simulation.records()):
            if self._ended.is_set():
                return
            first = simulated.time if first is None else first
            if number % 100 == 0:
                self.simulated_seconds = simulated.time
                due = began + (simulated.time - first) / 86_400 * self._seconds_a_day
                self._packer.send_ripe()
                self._ended.wait(max(0.0, due - time.monotonic()))
            position = f"record {number + 1}"
            for item in self._parser.parse(
                simulated.record, source="simulation", position=position
            ):
                if isinstance(item, AccessEvent):
                    self._packer.add(item)
                elif isinstance(item, DeadLetter):
                    self._packer.add_dead_letter(item)
        self._packer.flush()
