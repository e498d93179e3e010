"""Makes the Faust app: its settings, its agents, its web server."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

import faust
from aiohttp import web

from models.detector import Detector
from models.errors import SettingsError
from models.redaction import SubjectHasher
from streams.agents.count_dead_letters import add_count_dead_letters
from streams.agents.detect import DetectAgent
from streams.detector_factory import load_detector_settings, load_profiles
from streams.exporters.worker_metrics import WorkerMetrics
from streams.health import add_health_routes, worker_health
from streams.incident_reader import IncidentReader
from streams.partition_detectors import PartitionDetectors
from streams.runbooks import add_runbook_routes
from streams.secrets import redaction_key, sasl_password
from streams.settings import LinkSettings, Settings
from streams.web_server import WebServer

_SECONDS_BETWEEN_LOOKS = 1.0


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
    metrics = WorkerMetrics(
        settings.worker.top_incidents,
        {name: profile.kind for name, profile in profiles.items()},
        _links(settings.links),
        tuned.false_pages_per_principal_day,
    )
    detectors = PartitionDetectors(
        lambda partition: Detector(tuned, profiles, partition=partition),
        metrics,
        settings.worker.idle_advance_seconds,
    )
    app = _make_app(settings, one_record_a_batch)
    # Without the key of the sources, a digest still tells equal messages of one run.
    key = redaction_key(settings) or token_bytes(32)
    DetectAgent(app, detectors, settings.topics, SubjectHasher(key)).add()
    app.service(IncidentReader(settings, metrics.take_incident, metrics.dead_letters.inc))
    add_count_dead_letters(app, metrics, settings.topics)
    app.timer(_SECONDS_BETWEEN_LOOKS)(lambda: _observe_lag(app, metrics, settings.topics.events))
    parts = WorkerParts(app, detectors, metrics)
    _add_web_server(parts, settings)
    return parts


def _links(links: LinkSettings) -> dict[str, str]:
    return {
        "runbooks": links.runbooks,
        "incidents": links.incidents,
        "dashboards": links.dashboards,
    }


def _add_web_server(parts: WorkerParts, settings: Settings) -> None:
    application = web.Application()
    add_health_routes(application, lambda: worker_health(parts.app, settings.topics.events))
    add_runbook_routes(application)
    worker = settings.worker
    parts.app.service(WebServer(application, worker.web_host, worker.web_port))


async def _observe_lag(app: faust.App, metrics: WorkerMetrics, topic: str) -> None:
    for tp, end in app.monitor.tp_end_offsets.items():
        if tp.topic == topic:
            read = app.monitor.tp_read_offsets.get(tp, -1)
            metrics.lag.labels(str(tp.partition)).set(max(0, end - read - 1))


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
        # Its web server cannot be given routes of ours alone; streams.web_server is used.
        web_enabled=False,
        # Faust would wait for unacknowledged messages; the checkpoint is what counts.
        stream_wait_empty=False,
        worker_redirect_stdouts=False,
        value_serializer="raw",
        key_serializer="raw",
        **options,
    )
    return app


def _data_directory(settings: Settings) -> Path:
    path = settings.worker.data_directory
    if path is None:
        path = Path.home() / ".local" / "state" / "sellerwatch"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"worker.data_directory: {path}: {error.strerror}: name a writable folder"
        raise SettingsError(message) from error
    return path


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
