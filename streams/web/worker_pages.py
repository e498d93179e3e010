"""Connects the incident pages to a worker: their source of incidents, and the verdicts topic."""

from collections.abc import Callable, Mapping

import faust
from aiohttp import web

from streams.exposure.policy_controls import Facts
from streams.kafka.feedback_topic import Told, encode_feedback
from streams.kafka.raw_topic import raw_topic
from streams.settings.settings import Settings
from streams.web.application import create_web_application
from streams.web.authentication import Authentication
from streams.web.credential_reach import CredentialReach
from streams.web.evidence_routes import MakeEvidence
from streams.web.exposure_routes import CountExposure
from streams.web.incident_store import IncidentStore
from streams.web.page_clock import PageClock


def add_incident_pages(
    app: faust.App,
    settings: Settings,
    store: IncidentStore,
    newest_event_seconds: Callable[[], float | None],
    kinds: Mapping[str, str],
    *,
    count_audit_failure: Callable[[], None],
    authentication: Authentication | None = None,
    reach: CredentialReach | None = None,
    make_evidence: MakeEvidence | None = None,
    count_exposure: CountExposure | None = None,
    facts: Facts | None = None,
) -> web.Application:
    """Return the web application, whose verdicts a worker's producer sends.

    Parameters
    ----------
    app
        The worker's Faust app; its producer sends the verdicts.
    settings
        All settings.
    store
        Incidents to show; the caller fills the store.
    newest_event_seconds
        Newest event time that the worker has seen, if any.
    kinds
        Principal -> declared kind.
    count_audit_failure
        Called for each access that could not be written to the audit topic.
    authentication
        Who may see the pages; by default, made from the settings.
    reach
        Tells what else a credential can read.
    make_evidence
        Makes bundles of evidence.
    count_exposure, facts
        Count what was read in a period, and say what the settings tell of the controls.

    Raises
    ------
    SettingsError
        If the token file is wrong.
    """
    names = settings.topics
    feedback = raw_topic(app, names.feedback, names.partitions)

    async def send_verdict(told: Told) -> None:
        message = encode_feedback(told, names.partitions)
        sent = await feedback.send(
            key=message.key, value=message.value, partition=message.partition
        )
        await sent

    audit = raw_topic(app, names.audit, names.partitions)

    async def send_audit(key: bytes | None, value: bytes) -> None:
        sent = await audit.send(key=key, value=value)
        await sent

    clock = PageClock(newest_event_seconds)
    return create_web_application(
        settings,
        store,
        send_verdict,
        clock,
        kinds,
        send_audit=send_audit,
        count_audit_failure=count_audit_failure,
        authentication=authentication,
        reach=reach,
        make_evidence=make_evidence,
        count_exposure=count_exposure,
        facts=facts,
    )
