import asyncio
import json
import urllib.error
import urllib.request

from aiohttp import web
from real_parts import free_port

from streams.web.web_server import WebServer
from streams.worker.health import Health, add_health_routes


def ask(port: int, path: str) -> tuple[int, dict]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


async def serve(health: Health, port: int) -> list[tuple[int, dict]]:
    application = web.Application()
    add_health_routes(application, lambda: health)
    server = WebServer(application, "127.0.0.1", port)
    await server.start()
    answers = [await asyncio.to_thread(ask, port, path) for path in ("/healthz", "/readyz")]
    await server.stop()
    return answers


def test_a_worker_at_work_lives_and_is_ready() -> None:
    alive, ready = asyncio.run(serve(Health("ready", (0, 2)), free_port()))
    assert alive == (200, {"state": "alive"})
    assert ready == (200, {"state": "ready", "partitions": [0, 2]})


def test_a_worker_that_recovers_lives_and_is_not_ready() -> None:
    alive, ready = asyncio.run(serve(Health("recovering", ()), free_port()))
    assert alive[0] == 200
    assert ready == (503, {"state": "recovering", "partitions": []})


def test_the_port_is_free_after_the_stop() -> None:
    port = free_port()
    for _ in range(2):
        assert asyncio.run(serve(Health("ready", ()), port))[1][0] == 200
