"""Reports whether a worker is alive, and whether it is ready."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import faust
from aiohttp import web

from streams.threads.supervised_thread import SupervisedThread


@dataclass(frozen=True)
class Health:
    """One answer: the state in a word, and the assigned partitions.

    Examples
    --------
    >>> Health("ready", (0, 3)).is_ready
    True
    """

    state: str
    partitions: tuple[int, ...]

    @property
    def is_ready(self) -> bool:
        """Whether events that arrive now are scored and shown at once."""
        return self.state == "ready"


def worker_health(app: faust.App, topic: str, readers: Sequence[SupervisedThread] = ()) -> Health:
    """Return the health of a Faust app: starting, rebalancing, recovering, ready or stopping.

    If a reader does not run or has not caught up, the state names it. A worker without a
    partition, because there are more workers than partitions, is ready.
    """
    if app.should_stop:
        return Health("stopping", ())
    if not app.started:
        return Health("starting", ())
    if app.rebalancing:
        return Health("rebalancing", ())
    if app.in_recovery or not app.tables.recovery.completed.is_set():
        return Health("recovering", ())
    mine = sorted(tp.partition for tp in app.consumer.assignment() if tp.topic == topic)
    for reader in readers:
        if (state := reader.readiness) != "ready":
            return Health(f"{reader.thread_name} {state}", tuple(mine))
    return Health("ready", tuple(mine))


def add_health_routes(application: web.Application, health: Callable[[], Health]) -> None:
    """Add /healthz, which answers as long as the loop runs, and /readyz.

    /readyz answers 503 until the worker's partitions are assigned and recovered and its
    readers have caught up.
    """

    async def healthz(_: web.Request) -> web.Response:
        return _answer(HTTPStatus.OK, {"state": "alive"})

    async def readyz(_: web.Request) -> web.Response:
        now = health()
        status = HTTPStatus.OK if now.is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        return _answer(status, {"state": now.state, "partitions": now.partitions})

    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)


def _answer(status: HTTPStatus, body: dict[str, object]) -> web.Response:
    return web.json_response(body, status=status, dumps=json.dumps)
