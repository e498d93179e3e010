"""Runs a worker process: the Faust app, its loop and its /metrics."""

import asyncio
import logging
import socket
from contextlib import closing

import faust
from prometheus_client import start_http_server

from models.errors import BrokerError, SettingsError
from streams.kafka.clients import make_admin, quiet_client_logs
from streams.kafka.topics import check_topics
from streams.settings.settings import Settings
from streams.worker.app import create_worker
from streams.worker.json_logs import log_as_json


def run_worker(settings: Settings, *, one_record_a_batch: bool = False) -> None:
    """Run until a signal arrives, then leave the consumer group and exit.

    Raises
    ------
    SettingsError
        If a setting is wrong, a port is in use, or the topics are not as they should be.
    BrokerError
        If Kafka cannot be reached.
    SystemExit
        When the worker has stopped.
    """
    log_as_json()
    quiet_client_logs()
    _require_topics(settings)
    parts = create_worker(settings, one_record_a_batch=one_record_a_batch)
    web = (settings.worker.web_host, settings.worker.web_port)
    _require_port("worker.web_port", *web)
    metrics_host, metrics_port = settings.worker.metrics_host, settings.worker.metrics_port
    _require_port("worker.metrics_port", metrics_host, metrics_port)
    start_http_server(metrics_port, addr=metrics_host, registry=parts.metrics.registry)
    loop = _new_loop()
    asyncio.set_event_loop(loop)
    worker = faust.Worker(
        parts.app, loop=loop, loglevel="WARNING", quiet=True, override_logging=False
    )
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    _execute(worker)


def _execute(worker: faust.Worker) -> None:
    try:
        worker.execute_from_commandline()
    except SystemExit as end:
        # Mode exits with 1 and hides the error.
        if end.code and end.__context__ is not None:
            detail = " ".join(str(end.__context__).split()) or type(end.__context__).__name__
            message = f"the worker failed: {detail[:300]}: see its log"
            raise BrokerError(message) from end
        raise


def _require_topics(settings: Settings) -> None:
    with closing(make_admin(settings.kafka)) as admin:
        problems = check_topics(admin, settings)
    if problems:
        raise SettingsError(problems[0])


def _require_port(setting: str, host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"{setting}: {host}:{port}: {error.strerror}: choose another address"
            raise SettingsError(message) from error


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop  # noqa: PLC0415  not there on Windows
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
