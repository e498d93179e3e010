"""A key of the checkpoints is introduced and changed, and no habit is lost on the way."""

from pathlib import Path

import pytest
from live import Deployment, Worker, feed, workers
from real_parts import wait_for
from scene import PARTITIONS, expected, outcome, simulated

from models.domain.access_event import AccessEvent
from streams.kafka.topic_reader import TopicReader
from streams.kafka.topics import checkpoint_topic
from streams.worker.checkpoints.seal import Seal

pytestmark = pytest.mark.xdist_group("checkpoint keys")
OLD, NEW = "ab" * 32, "cd" * 32


def restart(deployment: Deployment, events: list[AccessEvent], **checkpoints: object) -> None:
    """Start a worker with other settings, have it score some events and save."""
    deployment.values["checkpoints"] |= checkpoints
    deployment.config().unlink(missing_ok=True)
    with workers(deployment, 1) as (worker,):
        feed(deployment, events)
        wait_for("the last checkpoint", deployment.is_done, seconds=60)
        wait_for("all of its checkpoints", lambda: worker.partitions() == PARTITIONS)
        assert worker.metrics()["sellerwatch_refused_checkpoints_total"] == 0


def keys_on_the_topic(deployment: Deployment) -> set[str]:
    """Which keys have signed what a worker would read."""
    settings, newest = deployment.settings(), {}
    with TopicReader(settings.kafka, checkpoint_topic(settings)) as reader:
        reader.from_beginning()
        newest = {message.key: message.value for message in reader.until_end()}
    seals = {name: Seal(deployment.name, [bytes.fromhex(name)]) for name in (OLD, NEW)}
    values = [value for value in newest.values() if value is not None]
    found = {name for value in values for name, seal in seals.items() if seal.is_current(value)}
    return found | {"none" for value in values if Seal(deployment.name).is_current(value)}


@pytest.mark.parametrize("store", ["memory", "rocksdict"])
def test_keys_come_and_go(kafka: str, tmp_path: Path, store: str) -> None:
    events, file = simulated(tmp_path), tmp_path / "keys"
    checkpoints = {"interval_seconds": 0.5, "store": store}
    deployment = Deployment.create([kafka], tmp_path, f"keys-{store}", checkpoints=checkpoints)
    size = len(events) // 5
    restart(deployment, events[:size])
    assert keys_on_the_topic(deployment) == {"none"}
    file.write_text(OLD)
    restart(deployment, events[size : 2 * size], key_file=str(file), accept_unsigned=True)
    assert keys_on_the_topic(deployment) == {OLD}
    file.write_text(f"{OLD}\n{NEW}")
    restart(deployment, events[2 * size : 3 * size], accept_unsigned=False)
    file.write_text(f"{NEW}\n{OLD}")
    # Without an event: all that is there is signed anew.
    restart(deployment, [])
    wait_for("all of it signed anew", lambda: keys_on_the_topic(deployment) == {NEW})
    file.write_text(NEW)
    restart(deployment, events[3 * size :])
    found = {key: outcome(states[-1]) for key, states in deployment.incidents().items()}
    assert found == expected(events)
    assert "scored again" not in Worker(deployment).log.read_text()
