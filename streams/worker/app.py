"""Builds the Faust app: its agents, its checkpoints, its web server."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from secrets import token_bytes
from typing import IO

from faust.types import TP

from models.domain.redaction import SubjectHasher
from models.incidents.incident import Incident
from streams.catalogue.catalogue_files import load_catalogue
from streams.evidence.evidence_key import EvidenceKey
from streams.evidence.evidence_maker import EvidenceMaker, MadeBundle
from streams.evidence.manifest import Making
from streams.exporters.alert_pusher import AlertPusher
from streams.exporters.pager_duty import PagerDuty
from streams.exporters.worker_metrics import WorkerMetrics
from streams.exposure.exposure_reader import CountedTopic, ExposureReader
from streams.exposure.period import Period
from streams.exposure.policy_controls import Facts
from streams.kafka.topic_follower import TopicFollower
from streams.settings.secrets import redaction_key
from streams.settings.sections import LinkSettings
from streams.settings.settings import Settings
from streams.threads.supervised_thread import SupervisedThread
from streams.web.authentication import Authentication
from streams.web.credential_reach import CredentialReach
from streams.web.evidence_routes import MakeEvidence
from streams.web.exposure_routes import CountExposure
from streams.web.incident_store import IncidentStore
from streams.web.log_out_reader import LogOutReader
from streams.web.runbooks import add_runbook_routes
from streams.web.verdict_reader import VerdictReader
from streams.web.web_server import WebServer
from streams.web.worker_pages import add_incident_pages
from streams.worker.agents.apply_feedback import ApplyFeedbackAgent
from streams.worker.agents.count_dead_letters import add_count_dead_letters
from streams.worker.agents.detect import DetectAgent
from streams.worker.agents.send_findings import add_send_findings
from streams.worker.checkpoints.checkpoint_consumer import CheckpointConsumer
from streams.worker.checkpoints.checkpointer import Checkpointer
from streams.worker.checkpoints.commit_note import read_commit_notes
from streams.worker.checkpoints.model_state import ModelState
from streams.worker.checkpoints.seal import Seal
from streams.worker.detector_factory import DetectorFactory
from streams.worker.faust_app import WorkerApp, make_app
from streams.worker.gap_reader import GapReader
from streams.worker.health import add_health_routes, worker_health
from streams.worker.incident_reader import IncidentReader
from streams.worker.lag_observer import LagObserver
from streams.worker.outbox import Outbox
from streams.worker.partition_detectors import PartitionDetectors

_SECONDS_BETWEEN_LOOKS = 2.0


@dataclass(frozen=True)
class WorkerParts:
    """A Faust app and what its agents work on."""

    app: WorkerApp
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
    factory = DetectorFactory.load(settings)
    kinds = factory.kinds
    store = IncidentStore(settings.web.incidents_kept)
    metrics = WorkerMetrics(
        settings.worker.top_incidents,
        kinds,
        _links(settings.links),
        factory.settings.false_pages_per_principal_day,
        owner_of=store.owner_of,
    )
    detectors = PartitionDetectors(
        factory.make,
        metrics,
        factory.settings.incident_quiet_seconds,
        settings.worker.idle_advance_seconds,
    )
    app = make_app(settings, one_record_a_batch=one_record_a_batch)
    parts = WorkerParts(app, detectors, metrics)
    _add_detection(parts, settings, store)
    takers = [metrics.take_incident, store.take_incident]
    if settings.alerting.alertmanager_urls:
        pusher = AlertPusher(
            settings.alerting,
            settings.links,
            metrics.incidents,
            count_failed_push=metrics.push_failures.inc,
            count_failure=metrics.threads.counter("alert-pusher"),
        )
        takers.append(pusher.take)
        _add_thread(parts, pusher)

    def take_incident(incident: Incident) -> None:
        for take in takers:
            take(incident)

    readers = _readers(parts, settings, take_incident, store)
    add_count_dead_letters(app, metrics, settings.topics)
    add_send_findings(app, settings.topics)
    _add_lag(parts, settings.topics.events)
    _add_web_server(parts, readers, store, settings, factory)
    return parts


def _readers(
    parts: WorkerParts,
    settings: Settings,
    take_incident: Callable[[Incident], None],
    store: IncidentStore,
) -> tuple[TopicFollower, ...]:
    """Add the readers of the topics that every worker reads in full."""
    metrics, names = parts.metrics, settings.topics
    readers = (
        IncidentReader(
            settings.kafka,
            names.incidents,
            settings.worker,
            take=take_incident,
            skip=metrics.dead_letters.inc,
            count_failure=metrics.threads.counter("incident-reader"),
        ),
        VerdictReader(
            settings.kafka,
            names.feedback,
            settings.worker,
            store,
            refuse=metrics.refused_verdicts.inc,
            count_failure=metrics.threads.counter("verdict-reader"),
        ),
    )
    for reader in readers:
        _add_thread(parts, reader)
    return readers


def _add_thread(parts: WorkerParts, thread: SupervisedThread) -> None:
    parts.metrics.threads.watch(thread.thread_name, lambda: thread.is_ready)
    parts.app.service(thread)


def _links(links: LinkSettings) -> dict[str, str]:
    return {
        "runbooks": links.runbooks,
        "incidents": links.incidents,
        "dashboards": links.dashboards,
    }


def _add_detection(parts: WorkerParts, settings: Settings, store: IncidentStore) -> None:
    app, names, runtime = parts.app, settings.topics, parts.metrics.runtime
    outbox = Outbox(lambda: app.producer, parts.metrics.observe_latency)
    app.service(outbox)
    checkpointer = Checkpointer(
        app,
        detectors=parts.detectors,
        outbox=outbox,
        settings=settings.checkpoints,
        names=names,
        metrics=runtime,
        seal=Seal.from_settings(settings),
        read_notes=partial(read_commit_notes, settings.kafka, settings.worker.group, names.events),
    )
    checkpointer.add()
    app.before_stop = checkpointer.write_all
    app.transport.Consumer = partial(CheckpointConsumer, checkpointer.positions)
    # Without the sources' key, a digest still identifies equal messages within one run.
    hasher = SubjectHasher(redaction_key(settings.sources) or token_bytes(32))
    DetectAgent(
        app,
        detectors=parts.detectors,
        outbox=outbox,
        gaps=GapReader(settings.kafka),
        names=names,
        hasher=hasher,
        metrics=runtime,
        observe_latency=parts.metrics.observe_latency,
    ).add()
    pager = PagerDuty.from_settings(settings.alerting, parts.metrics.push_failures.inc)
    ApplyFeedbackAgent(
        app,
        detectors=parts.detectors,
        save=checkpointer.write,
        outbox=outbox,
        names=names,
        hasher=hasher,
        find_incident=store.incident,
        refuse=parts.metrics.refused_verdicts.inc,
        acknowledge=None if pager is None else pager.acknowledge,
    ).add()


def _add_web_server(
    parts: WorkerParts,
    readers: Sequence[SupervisedThread],
    store: IncidentStore,
    settings: Settings,
    factory: DetectorFactory,
) -> None:
    catalogue = load_catalogue(settings.catalogue.directory, settings.catalogue.resource_files)
    authentication = Authentication(settings)
    if authentication.has_login:
        # The pages answer without it: a log-out would then hold on this worker alone.
        count_failure = parts.metrics.threads.counter("log-out-reader")
        _add_thread(parts, LogOutReader(settings, authentication, count_failure=count_failure))
    application = add_incident_pages(
        parts.app,
        settings,
        store,
        lambda: parts.detectors.newest_event_seconds,
        factory.kinds,
        count_audit_failure=parts.metrics.audit_failures.inc,
        authentication=authentication,
        reach=CredentialReach(catalogue, factory.profiles),
        make_evidence=_evidence(settings),
        count_exposure=_exposure(settings),
        facts=Facts.of(settings, factory.settings, factory.profiles),
    )
    events = settings.topics.events
    add_health_routes(application, lambda: worker_health(parts.app, events, readers))
    add_runbook_routes(application)
    worker = settings.worker
    parts.app.service(WebServer(application, worker.web_host, worker.web_port))


def _evidence(settings: Settings) -> MakeEvidence:
    key = EvidenceKey.read(settings.evidence.key_file)
    maker = EvidenceMaker(settings, key, ModelState(settings).read)

    def make(incident: Incident, made: Making, out: IO[bytes], seconds: float) -> MadeBundle:
        return maker.make(incident, made, out, seconds=seconds)

    return make


def _exposure(settings: Settings) -> CountExposure:
    reader = ExposureReader(settings)

    def count(period: Period, tenant: str | None, seconds: float) -> CountedTopic:
        return reader.count(period, tenant, seconds=seconds)

    return count


def _add_lag(parts: WorkerParts, topic: str) -> None:
    app, detectors = parts.app, parts.detectors

    def next_offsets() -> dict[TP, int]:
        if app.rebalancing:
            return {}
        return {TP(topic, p): detectors.next_offset(p) for p in detectors.partitions}

    async def ends(*tps: TP) -> Mapping[TP, int]:
        # The app makes its consumer after this.
        return await app.consumer.highwaters(*tps)

    observer = LagObserver(ends, next_offsets, parts.metrics.runtime.lag)
    parts.metrics.threads.watch("lag-observer", lambda: observer.is_answered)
    app.timer(_SECONDS_BETWEEN_LOOKS)(observer.observe)
