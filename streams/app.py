"""Makes the Faust app: agents that decode, call the detectors, and emit."""

import logging
import ssl
from dataclasses import dataclass
from pathlib import Path

import faust
import msgspec
from faust.types import TP

from models.detector import Detector
from models.errors import WireFormatError
from models.incident import Incident
from streams.detector_factory import load_detector_settings, load_profiles
from streams.exporters.worker_metrics import WorkerMetrics
from streams.partition_detectors import PartitionDetectors
from streams.secrets import sasl_password
from streams.settings import Settings

log = logging.getLogger("sellerwatch")
_SECONDS_BETWEEN_SWEEPS = 1.0


@dataclass(frozen=True)
class WorkerParts:
    """A Faust app and what its agents work on."""

    app: faust.App
    detectors: PartitionDetectors
    metrics: WorkerMetrics


def create_worker(settings: Settings, *, one_record_a_batch: bool = False) -> WorkerParts:
    """Build the app; nothing connects until a Faust worker runs it.

    Parameters
    ----------
    settings
        All settings.
    one_record_a_batch
        True for the embedded broker, whose offsets are wrong with larger batches.

    Raises
    ------
    SettingsError
        If a setting, a secret or a config file is wrong.
    """
    tuned, profiles = load_detector_settings(settings), load_profiles(settings)
    metrics = WorkerMetrics(settings.worker.top_incidents)
    detectors = PartitionDetectors(
        lambda partition: Detector(tuned, profiles, partition=partition),
        metrics,
        settings.worker.idle_advance_seconds,
    )
    parts = WorkerParts(_make_app(settings, one_record_a_batch), detectors, metrics)
    _add_detect_agent(parts, settings)
    _add_exporter_agents(parts, settings)
    return parts


def _make_app(settings: Settings, one_record_a_batch: bool) -> faust.App:
    worker = settings.worker
    options = {"producer_max_batch_size": 1} if one_record_a_batch else {}
    app: faust.App = faust.App(
        worker.group,
        broker=[f"kafka://{broker}" for broker in settings.kafka.brokers],
        broker_credentials=_credentials(settings),
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
        store="memory://",
        datadir=str(_data_directory(settings)),
        web_host=worker.web_host,
        web_bind=worker.web_host,
        web_port=worker.web_port,
        worker_redirect_stdouts=False,
        value_serializer="raw",
        key_serializer="raw",
        **options,
    )
    return app


def _data_directory(settings: Settings) -> Path:
    if settings.worker.data_directory is not None:
        return settings.worker.data_directory
    return Path.home() / ".local" / "state" / "sellerwatch"


def _credentials(settings: Settings) -> faust.SSLCredentials | faust.SASLCredentials | None:
    kafka = settings.kafka
    if kafka.security_protocol == "PLAINTEXT":
        return None
    context = None
    if "SSL" in kafka.security_protocol:
        context = ssl.create_default_context(
            cafile=None if kafka.tls_ca_file is None else str(kafka.tls_ca_file)
        )
        if kafka.tls_certificate_file is not None:
            context.load_cert_chain(str(kafka.tls_certificate_file), _optional(kafka.tls_key_file))
    if kafka.security_protocol == "SSL":
        return faust.SSLCredentials(context)
    return faust.SASLCredentials(
        mechanism=kafka.sasl_mechanism,
        username=kafka.sasl_username,
        password=sasl_password(settings),
        ssl_context=context,
    )


def _optional(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _raw_topic(app: faust.App, name: str, partitions: int) -> faust.TopicT:
    return app.topic(
        name,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        partitions=partitions,
    )


def _add_detect_agent(parts: WorkerParts, settings: Settings) -> None:
    app, names = parts.app, settings.topics
    events_topic = _raw_topic(app, names.events, names.partitions)
    incidents_topic = _raw_topic(app, names.incidents, names.partitions)

    async def publish(incidents: list[Incident]) -> None:
        # Awaiting the acknowledgement keeps an incident from being lost behind its offset.
        for sent in [
            await incidents_topic.send(
                key=incident.incident_id.encode(), value=msgspec.json.encode(incident)
            )
            for incident in incidents
        ]:
            await sent

    async def detect(stream: faust.StreamT[bytes]) -> None:
        async for event in stream.events():
            tp = event.message.tp
            try:
                incidents = parts.detectors.process(tp.partition, event.value)
            except WireFormatError as error:
                parts.metrics.dead_letters.inc()
                log.warning(
                    "%s partition %s offset %s: %s",
                    tp.topic,
                    tp.partition,
                    event.message.offset,
                    error,
                )
                continue
            await publish(incidents)

    async def sweep() -> None:
        await publish(parts.detectors.advance_idle())
        _observe_lag(app, parts.metrics, names.events)

    async def drop_revoked(_: object, revoked: set[TP], **__: object) -> None:
        kept = {tp.partition for tp in app.consumer.assignment() if tp.topic == names.events}
        lost = {tp.partition for tp in revoked if tp.topic == names.events}
        parts.detectors.drop(lost - kept)

    app.agent(events_topic, name="detect", concurrency=1)(detect)
    app.timer(_SECONDS_BETWEEN_SWEEPS)(sweep)
    app.on_partitions_revoked.connect(drop_revoked)


def _add_exporter_agents(parts: WorkerParts, settings: Settings) -> None:
    app, names, metrics = parts.app, settings.topics, parts.metrics
    decoder = msgspec.json.Decoder(Incident)

    async def export_incidents(stream: faust.StreamT[bytes]) -> None:
        async for value in stream:
            try:
                metrics.take_incident(decoder.decode(value))
            except (msgspec.DecodeError, UnicodeDecodeError):
                metrics.dead_letters.inc()

    async def count_dead_letters(stream: faust.StreamT[bytes]) -> None:
        async for _ in stream:
            metrics.dead_letters.inc()

    app.agent(_raw_topic(app, names.incidents, names.partitions), name="export")(export_incidents)
    app.agent(_raw_topic(app, names.dead_letters, 1), name="dead-letters")(count_dead_letters)


def _observe_lag(app: faust.App, metrics: WorkerMetrics, topic: str) -> None:
    monitor = app.monitor
    if monitor is None:
        return
    for tp, end in monitor.tp_end_offsets.items():
        if tp.topic != topic:
            continue
        read = monitor.tp_read_offsets.get(tp, -1)
        metrics.lag.labels(str(tp.partition)).set(max(0, end - read - 1))
