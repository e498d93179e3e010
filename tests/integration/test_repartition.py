"""`sellerwatch topics repartition` moves a deployment with all habits, however often it dies."""

import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import yaml
from live import Deployment, feed, workers
from real_parts import wait_for
from scene import PARTITIONS, outcome, simulated
from typer.testing import CliRunner, Result

from models.domain.access_event import AccessEvent
from models.domain.partitioner import partition_of
from models.errors import InputError
from models.incidents.incident import Incident
from models.state.detector_memory import DetectorMemory
from streams.cli import build_cli
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.checkpoints.staged_move import MovePlan, StagedMove
from streams.worker.checkpoints.stored_checkpoints import StoredCheckpoints

pytestmark = pytest.mark.xdist_group("repartition")
MORE = 7


def command(deployment: Deployment, partitions: int) -> list[str]:
    config = str(deployment.config())
    return ["topics", "repartition", "--partitions", str(partitions), "--config", config]


def move(deployment: Deployment, partitions: int) -> Result:
    return CliRunner().invoke(build_cli(), command(deployment, partitions))


def killed_after(deployment: Deployment, lines: int) -> list[str]:
    """Run the command, and kill it once it has told so many lines."""
    words = [sys.executable, "-u", "-m", "streams", *command(deployment, MORE)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        told = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
    return told


def with_more(deployment: Deployment, folder: Path) -> Deployment:
    topics = deployment.values["topics"] | {"partitions": MORE, "earlier_partitions": [PARTITIONS]}
    folder.mkdir()
    return Deployment(folder, deployment.values | {"topics": topics}, deployment.name)


def memories(deployment: Deployment) -> list[DetectorMemory]:
    found = []
    for recovery in StoredCheckpoints(deployment.settings()).read().values():
        memory = DetectorMemory(50.0, 2.0)
        assert not recovery.refused, recovery.told
        assert recovery.snapshot is not None
        memory.restore(recovery.snapshot.state)
        found.append(memory)
    return found


def run(deployment: Deployment, events: list[AccessEvent]) -> None:
    with workers(deployment, 1) as (worker,):
        feed(deployment, events)
        wait_for("the last checkpoint", deployment.is_done, seconds=90)
        worker.signal(signal.SIGTERM)
        worker.process.wait(timeout=30)


def newest(deployment: Deployment) -> dict[str, Incident]:
    found: dict[str, Incident] = {}
    for states in deployment.incidents().values():
        last = max(states, key=lambda state: (state.updated_at, state.status == "closed"))
        found[last.incident_id] = last
    return found


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[AccessEvent], list[AccessEvent]]:
    events = simulated(tmp_path_factory.mktemp("log"))
    return events[: len(events) // 2], events[len(events) // 2 :]


def test_what_is_not_ready_is_refused(
    kafka: str, tmp_path: Path, halves: tuple[list[AccessEvent], list[AccessEvent]]
) -> None:
    deployment = Deployment.create([kafka], tmp_path, "unready")
    with pytest.raises(InputError, match=f"has {PARTITIONS} partitions, and Kafka takes none away"):
        raise move(deployment, 2).exception
    assert "there are 4 partitions already" in move(deployment, PARTITIONS).output
    with workers(deployment, 1) as (worker,):
        wait_for("its figures", lambda: worker.metrics() is not None)
        feed(deployment, halves[0])
        wait_for("the last checkpoint", deployment.is_done, seconds=90)
        with pytest.raises(InputError, match="are running: stop ingest"):
            raise move(deployment, MORE).exception
        worker.signal(signal.SIGTERM)
        worker.process.wait(timeout=30)
    feed(deployment, halves[1][:100])
    with pytest.raises(InputError, match=r"are not in a checkpoint yet: \d+ of partition"):
        raise move(deployment, MORE).exception
    config = deployment.config()
    values = yaml.safe_load(config.read_text())
    values["topics"]["partitions"] = 5
    config.write_text(yaml.safe_dump(values))
    with pytest.raises(InputError, match=r"topics.partitions is 5, but unready-events has 4"):
        raise move(deployment, MORE).exception


def test_a_plan_that_nobody_with_the_key_has_made_is_refused(kafka: str, tmp_path: Path) -> None:
    keys = tmp_path / "checkpoint-keys"
    keys.write_text("cd" * 32)
    forger = Deployment.create([kafka], tmp_path, "forged-move")
    plan = MovePlan(before=PARTITIONS, after=MORE, offsets=(0,) * PARTITIONS, staged=())
    StagedMove(forger.settings()).stage(plan, [PartitionState(0)] * MORE)
    values = forger.values | {"checkpoints": {"key_file": str(keys)}}
    (tmp_path / "owner").mkdir()
    owner = Deployment(tmp_path / "owner", values, "forged-move")
    with pytest.raises(InputError, match="cannot be believed: a record is not signed"):
        raise move(owner, MORE).exception
    with pytest.raises(InputError, match="is not finished: run this with --partitions 7 first"):
        raise move(forger, 9).exception
    # Without keys nobody can tell: it is taken up.
    assert move(forger, MORE).exit_code == 0


# Staged; two topics; each partition; the others.
@pytest.mark.parametrize(("keyed", "kills"), [(True, (1, 2, 3, 5, 7, 10)), (False, (1, 6))])
def test_a_move_that_is_killed_goes_on_and_loses_nothing(
    kafka: str,
    tmp_path: Path,
    halves: tuple[list[AccessEvent], list[AccessEvent]],
    keyed: bool,
    kills: tuple[int, ...],
) -> None:
    keys = tmp_path / "checkpoint-keys"
    keys.write_text("cd" * 32)
    checkpoints = {"interval_seconds": 0.5} | ({"key_file": str(keys)} if keyed else {})
    name = f"moved-{keyed}".lower()
    deployment = Deployment.create([kafka], tmp_path, name, checkpoints=checkpoints)
    run(deployment, halves[0])
    before = memories(deployment)
    for lines in kills:
        told = killed_after(deployment, lines)
        assert all(told), told
    done = move(deployment, MORE)
    assert done.exit_code == 0, done.exception
    assert f"set topics.partitions: {MORE} and topics.earlier_partitions: [4]" in done.output
    again = move(deployment, MORE)
    assert "there are 7 partitions already" in again.output, again.exception

    more = with_more(deployment, tmp_path / "more")
    check(before, memories(more))
    seen = {key: outcome(found) for key, found in newest(deployment).items()}
    run(more, halves[1])
    found = newest(more)
    assert found.keys() >= seen.keys()
    # What had paged keeps its page.
    paged = {key: one for key, one in seen.items() if one[2]}
    assert {key: outcome(found[key]) for key in paged} == paged
    for key, states in more.incidents().items():
        assert len({s.paged_at for s in states if s.paged_at is not None}) <= 1, key
    assert sum(memory.fleet.events_total for memory in memories(more)) == len(halves[0]) + len(
        halves[1]
    )


def check(before: list[DetectorMemory], after: list[DetectorMemory]) -> None:
    old = {key: state for memory in before for key, state in memory.states.items()}
    new = {key: state for memory in after for key, state in memory.states.items()}
    assert old.keys() == new.keys()
    for number, memory in enumerate(after):
        assert all(partition_of(*key, MORE) == number for key in memory.states)
    for key, state in old.items():
        assert state.volume.state == new[key].volume.state or state.windows
        drafts = [one.draft and one.draft.incident_id for one in (state, new[key])]
        assert drafts[0] == drafts[1] or drafts[1] is None
    hours = [sum(memory.everybody.state.shape.absolute.values()) for memory in before]
    assert all(
        sum(memory.everybody.state.shape.absolute.values()) >= sum(hours) for memory in after
    )
    assert msgspec.msgpack.encode(after[0].calibration.state) == msgspec.msgpack.encode(
        after[-1].calibration.state
    )
