import asyncio
from collections.abc import Iterable
from types import SimpleNamespace

from faust.types import TP

from streams.threads.supervised_thread import SupervisedThread
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


class Reader(SupervisedThread):
    """A reader that is as one says."""

    def __init__(self, name: str, states: Iterable[str]) -> None:
        self._states = iter(states)
        super().__init__(name, lambda: None)

    @property
    def readiness(self) -> str:
        return next(self._states)


def test_a_reader_that_has_not_caught_up_or_does_not_run_is_named() -> None:
    first = Reader("incident-reader", ["catching up", "ready", "ready"])
    second = Reader("verdict-reader", ["not running", "ready"])

    def look() -> Health:
        # Each look asks a reader once.
        return worker_health(app(), "events", [first, second])

    assert look() == Health("incident-reader catching up", (1, 3))
    assert look() == Health("verdict-reader not running", (1, 3))
    assert not Health("verdict-reader not running", (1, 3)).is_ready
    assert look() == Health("ready", (1, 3))


def test_a_worker_that_takes_over_says_so_whatever_its_readers_do() -> None:
    reader = Reader("incident-reader", [])
    assert worker_health(app(rebalancing=True), "events", [reader]).state == "rebalancing"
