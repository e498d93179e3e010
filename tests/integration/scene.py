"""A deployment with a fault, and the incidents that it must find anyway."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from kafka_cluster import Cluster
from live import Deployment, Worker, events_of, feed
from real_parts import wait_for

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.domain.partitioner import partition_of
from models.incidents.incident import Incident
from streams.settings.settings import Settings
from streams.simulation import Simulation, SimulationSettings

SEED = 5
PARTITIONS = 4


def simulated(folder: Path) -> list[AccessEvent]:
    """Nine days of twelve principals, about 15,000 events."""
    path = folder / "all.ndjson"
    simulation = Simulation(
        SimulationSettings(seed=SEED, days=9, principals=12, warm_up_days=3, traffic_scale=0.3)
    )
    path.write_bytes(b"".join(msgspec.json.encode(r.record) + b"\n" for r in simulation.records()))
    return events_of([path], Settings(sources={"redaction_key": "ab" * 32}))


def outcome(incident: Incident) -> tuple[object, ...]:
    return incident.opened_at, incident.paged_at, incident.page, incident.principal


def expected(events: list[AccessEvent]) -> dict[str, tuple[object, ...]]:
    detectors = [Detector(DetectorSettings(), {}) for _ in range(PARTITIONS)]
    found: dict[str, Incident] = {}
    for event in events:
        detector = detectors[partition_of(event.tenant, event.principal, PARTITIONS)]
        found.update((i.incident_id, i) for i in detector.process(event))
    for detector in detectors:
        found.update((i.incident_id, i) for i in detector.finish())
    assert len(found) >= 5
    return {key: outcome(incident) for key, incident in found.items()}


@dataclass
class Scene:
    """A running deployment with a fault between the two halves of its input."""

    cluster: Cluster
    deployment: Deployment
    running: list[Worker]
    events: list[AccessEvent]

    def play(self, fault: Callable[[], None], cure: Callable[[], None]) -> None:
        middle = len(self.events) // 2
        feed(self.deployment, self.events[:middle], seconds=2.0)
        fault()
        feed(self.deployment, self.events[middle:], seconds=2.0)
        cure()
        self.recover()

    def recover(self) -> None:
        """Wait for a checkpoint of the last event, then check that no incident is lost."""
        began = time.monotonic()
        wait_for("the last checkpoint", self.deployment.is_done, seconds=90)
        print(f"recovered {time.monotonic() - began:.1f} s after the cure")
        states = self.deployment.incidents()
        found = {key: outcome(versions[-1]) for key, versions in states.items()}
        assert found == expected(self.events)
        for versions in states.values():
            assert len({v.paged_at for v in versions if v.paged_at is not None}) <= 1
