"""A small simulated account with eight attacks that page, to forge the logs of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from math import floor
from typing import Any

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.domain.partitioner import partition_of
from models.incidents.incident import Incident
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.simulation import Attack, Simulation, SimulationSettings

KEY = b"a key for the tests of attacks"
# An attack counts as paged until a day after its end, as trickles are seen late.
GRACE_SECONDS = 86_400.0


@dataclass
class Account:
    """Raw records of a fortnight, in the order of their time, and who attacks in it."""

    simulation: Simulation = field(
        default_factory=lambda: Simulation(
            SimulationSettings(
                seed=11,
                days=10,
                principals=14,
                warm_up_days=7,
                confounders="none",
                traffic_scale=0.5,
            )
        )
    )

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The raw records; copy one before you forge it."""
        return [simulated.record for simulated in self.simulation.records()]

    @cached_property
    def attacks(self) -> tuple[Attack, ...]:
        """Every attack, paged or not."""
        _ = self.records
        return tuple(self.simulation.truth)

    def parse(self, records: Iterable[dict[str, Any]]) -> list[AccessEvent]:
        """Parse records as ingest does."""
        parser = make_parser(Settings(), "auto", KEY)
        return [
            event
            for number, record in enumerate(records)
            for event in parser.parse(record, source="account", position=f"record {number}")
            if isinstance(event, AccessEvent)
        ]

    def detect(self, events: Iterable[AccessEvent], partitions: int = 1) -> list[Incident]:
        """Return the last state of each incident that fresh detectors find."""
        detectors = [Detector(DetectorSettings(), {}, n) for n in range(partitions)]
        found: dict[str, Incident] = {}
        for event in events:
            detector = detectors[partition_of(event.tenant, event.principal, partitions)]
            found.update((incident.incident_id, incident) for incident in detector.process(event))
        for detector in detectors:
            found.update((incident.incident_id, incident) for incident in detector.finish())
        return list(found.values())

    def paged(self, incidents: Iterable[Incident]) -> set[str]:
        """Return the kinds of the attacks that somebody was paged for.

        A log may tell whole seconds, so that an attack seems to begin up to a second before.
        """
        pages = [incident for incident in incidents if incident.paged_at is not None]
        return {
            attack.kind
            for attack in self.attacks
            if any(
                page.principal == attack.principal
                and floor(attack.start) <= page.paged_at.timestamp() <= attack.end + GRACE_SECONDS
                for page in pages
            )
        }
