"""Makes the Faust app from the settings; nothing else knows Faust's options."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import faust

from models.errors import SettingsError
from streams.kafka.connection import KafkaConnection
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings, state_directory

_MESSAGES_BUFFERED: Final = 64


class WorkerApp(faust.App):
    """A Faust app with something to do before it stops."""

    before_stop: Callable[[], Awaitable[None]] | None = None

    async def on_stop(self) -> None:
        """Save unsaved state while consumer and producer still work."""
        if self.before_stop is not None:
            await self.before_stop()
        await super().on_stop()


def make_app(settings: Settings, *, one_record_a_batch: bool) -> WorkerApp:
    """Make an app without agents; nothing connects until a Faust worker runs it.

    Raises
    ------
    SettingsError
        If a secret or certificate cannot be read.
    """
    worker = settings.worker
    options = {"producer_max_batch_size": 1} if one_record_a_batch else {}
    app = WorkerApp(
        worker.group,
        broker=[f"kafka://{broker}" for broker in settings.kafka.brokers],
        broker_credentials=_credentials(settings.kafka),
        broker_session_timeout=worker.session_timeout_seconds,
        broker_rebalance_timeout=worker.rebalance_timeout_seconds,
        broker_heartbeat_interval=worker.heartbeat_interval_seconds,
        # aiokafka refuses a session timeout above the request timeout.
        broker_request_timeout=max(
            settings.kafka.request_timeout_seconds, worker.session_timeout_seconds + 5
        ),
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        topic_disable_leader=True,
        topic_allow_declare=False,
        topic_partitions=settings.topics.partitions,
        topic_replication_factor=settings.kafka.replication_factor,
        producer_acks=-1,
        producer_request_timeout=settings.kafka.request_timeout_seconds,
        # A message holds hundreds of events. When this many messages wait, the fetcher waits.
        stream_buffer_maxsize=_MESSAGES_BUFFERED,
        table_standby_replicas=settings.checkpoints.standby_replicas,
        store="memory://",
        datadir=str(_data_directory(settings)),
        # Faust's web server cannot serve our routes alone; streams.web.web_server does.
        web_enabled=False,
        # Faust would wait for unacknowledged messages, but only the checkpoint matters.
        stream_wait_empty=False,
        worker_redirect_stdouts=False,
        value_serializer="raw",
        key_serializer="raw",
        **options,
    )
    return app


def _data_directory(settings: Settings) -> Path:
    path = state_directory(settings.worker.data_directory)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"worker.data_directory: {path}: {error.strerror}: name a writable folder"
        raise SettingsError(message) from error
    return path


def _credentials(kafka: KafkaSettings) -> faust.SSLCredentials | faust.SASLCredentials | None:
    connection = KafkaConnection.of(kafka)
    if connection.sasl_mechanism is not None:
        return faust.SASLCredentials(
            mechanism=connection.sasl_mechanism,
            username=connection.username,
            password=connection.password,
            ssl_context=connection.tls,
        )
    return None if connection.tls is None else faust.SSLCredentials(connection.tls)
