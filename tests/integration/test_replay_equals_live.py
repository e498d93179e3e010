"""The same events give the same incidents, whichever process is killed."""

import random
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from live import Deployment, events_of, feed, workers
from real_parts import wait_for

from models.incidents.incident import Incident, IncidentStatus
from streams.simulation import Simulation, SimulationSettings

pytestmark = pytest.mark.xdist_group("replay")
SEED = 12
KILLS = 6


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine days of a simulated account with twelve attacks, in time order."""
    path = tmp_path_factory.mktemp("log") / "all.ndjson"
    simulation = Simulation(
        SimulationSettings(seed=SEED, days=9, principals=12, warm_up_days=3, traffic_scale=0.5)
    )
    with path.open("wb") as out:
        for record in simulation.records():
            out.write(msgspec.json.encode(record.record) + b"\n")
    return path


@pytest.fixture(scope="module")
def expected(log: Path) -> dict[str, Incident]:
    out = log.with_name("incidents.ndjson")
    key = log.with_name("key")
    key.write_text("ab" * 32)
    subprocess.run(
        [sys.executable, "-m", "streams", "detect", str(log), "--incidents", str(out)],
        check=True,
        capture_output=True,
        env={"SELLERWATCH_SOURCES__REDACTION_KEY_FILE": str(key)},
    )
    found = [msgspec.json.decode(line, type=Incident) for line in out.read_bytes().splitlines()]
    assert len(found) >= 10
    assert sum(incident.page for incident in found) >= 2
    return {incident.incident_id: incident for incident in found}


def outcome(incident: Incident) -> tuple[object, ...]:
    return incident.opened_at, incident.paged_at, incident.page, incident.principal


def compare(deployment: Deployment, expected: dict[str, Incident]) -> None:
    states = deployment.incidents()
    assert {key: outcome(found[-1]) for key, found in states.items()} == {
        key: outcome(incident) for key, incident in expected.items()
    }
    for key, found in states.items():
        pages = {state.paged_at for state in found if state.paged_at is not None}
        assert len(pages) <= 1, f"{key} paged at {pages}"
        # A repeated message equals the first one; an incident closes once each time it was opened.
        closed = [state for state in found if state.status is IncidentStatus.CLOSED]
        openings = {state.reopened_at for state in closed}
        assert len({msgspec.json.encode(state) for state in closed}) == len(openings)


def test_one_worker(kafka: str, log: Path, expected: dict[str, Incident], tmp_path: Path) -> None:
    deployment = Deployment.create([kafka], tmp_path, "one")
    feed(deployment, events_of([log], deployment.settings()))
    with workers(deployment, 1):
        wait_for("the last checkpoint", deployment.is_done, seconds=90)
    compare(deployment, expected)


def test_three_workers_that_are_killed(
    kafka: str, log: Path, expected: dict[str, Incident], tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    deployment = Deployment.create([kafka], tmp_path, "three")
    events = events_of([log], deployment.settings())
    cuts = sorted(chance.sample(range(len(events)), KILLS))
    with workers(deployment, 3) as running:
        for begin, end in zip([0, *cuts], [*cuts, len(events)], strict=True):
            feed(deployment, events[begin:end], seconds=2.0)
            if end < len(events):
                time.sleep(chance.uniform(0.0, 2.0))
                victim = chance.choice(running)
                victim.kill()
                time.sleep(chance.uniform(0.0, 2.0))
                victim.start()
        wait_for("the last checkpoint", deployment.is_done, seconds=120)
        figures = [worker.metrics() for worker in running]
    names = ("duplicate_messages", "refetched_messages", "checkpoints", "checkpoint_failures")
    for name in names:
        print(name, sum(f.get(f"sellerwatch_{name}_total", 0) for f in figures))
    # Every message that the stream skipped exists and was read again.
    assert all(f.get("sellerwatch_absent_offsets_total", 0) == 0 for f in figures)
    compare(deployment, expected)
