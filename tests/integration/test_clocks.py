"""`sellerwatch clocks` shows the time of partitions, and resets it without losing habits."""

import signal
from pathlib import Path

import pytest
from live import Deployment, feed, workers
from real_parts import wait_for
from scene import PARTITIONS, expected, outcome, simulated
from typer.testing import CliRunner, Result

from models.errors import InputError
from streams.cli import build_cli

pytestmark = pytest.mark.xdist_group("clocks")


def clocks(deployment: Deployment, *words: str) -> Result:
    config = str(deployment.config())
    return CliRunner().invoke(build_cli(), ["clocks", *words, "--config", config])


def test_a_clock_is_shown_reset_and_followed_again(kafka: str, tmp_path: Path) -> None:
    events = simulated(tmp_path)
    keys = tmp_path / "checkpoint-keys"
    keys.write_text("cd" * 32)
    checkpoints = {"interval_seconds": 0.5, "key_file": str(keys)}
    deployment = Deployment.create([kafka], tmp_path, "clocks", checkpoints=checkpoints)
    assert clocks(deployment, "show").output.count("no event yet") == PARTITIONS
    with pytest.raises(InputError, match="has no checkpoint"):
        raise clocks(deployment, "reset", "1").exception
    middle = len(events) // 2
    with workers(deployment, 1) as (worker,):
        feed(deployment, events[:middle])
        wait_for("the last checkpoint", deployment.is_done, seconds=60)
        wait_for("its figures", lambda: worker.metrics().get("sellerwatch_principals"))
        known = worker.metrics()["sellerwatch_principals"]
        shown = clocks(deployment, "show").output
        assert shown.count("before now") == PARTITIONS
        assert "principals are within two hours of it" in shown
        refused = clocks(deployment, "reset", "1")
        assert isinstance(refused.exception, InputError)
        assert "stop all of them" in str(refused.exception)
        worker.signal(signal.SIGTERM)
        worker.process.wait(timeout=30)
    for partition in range(PARTITIONS):
        done = clocks(deployment, "reset", str(partition))
        assert done.exit_code == 0, done.exception
        assert f"partition {partition}: 2026-" in done.output
    with pytest.raises(InputError, match="there are 4, from 0"):
        raise clocks(deployment, "reset", "4").exception
    with workers(deployment, 1) as (worker,):
        feed(deployment, events[middle:])
        wait_for("the last checkpoint", deployment.is_done, seconds=60)
        wait_for("its figures", lambda: worker.metrics().get("sellerwatch_principals"))
        assert worker.metrics()["sellerwatch_principals"] >= known
        assert worker.metrics()["sellerwatch_refused_checkpoints_total"] == 0
    found = {key: outcome(states[-1]) for key, states in deployment.incidents().items()}
    assert found == expected(events)
