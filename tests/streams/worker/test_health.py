import asyncio
from types import SimpleNamespace

from faust.types import TP

from streams.worker.health import Health, worker_health


def app(*, recovered: bool = True, **state: object) -> SimpleNamespace:
    completed = asyncio.Event()
    if recovered:
        completed.set()
    tps = {TP("events", 3), TP("events", 1), TP("incidents", 0)}
    normal = {"should_stop": False, "started": True, "rebalancing": False, "in_recovery": False}
    return SimpleNamespace(
        **normal | state,
        tables=SimpleNamespace(recovery=SimpleNamespace(completed=completed)),
        consumer=SimpleNamespace(assignment=lambda: tps),
    )


def test_every_state_of_a_worker_has_a_word() -> None:
    assert worker_health(app(should_stop=True), "events").state == "stopping"
    assert worker_health(app(started=False), "events").state == "starting"
    assert worker_health(app(rebalancing=True), "events").state == "rebalancing"
    assert worker_health(app(in_recovery=True), "events").state == "recovering"
    assert worker_health(app(recovered=False), "events").state == "recovering"


def test_a_ready_worker_names_its_partitions() -> None:
    assert worker_health(app(), "events") == Health("ready", (1, 3))
