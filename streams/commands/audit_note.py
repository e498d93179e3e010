"""Writes on the audit topic what somebody did from the command line."""

from contextlib import closing
from datetime import datetime
from typing import Final

from streams.kafka.audit_topic import AuditAction, AuditRecord, audit_key, encode_audit
from streams.kafka.clients import broker_errors, make_producer
from streams.presentation.untrusted_text import sanitize
from streams.settings.settings import Settings

_SEND_SECONDS: Final = 30.0
_NAME_CHARACTERS: Final = 64


def note_access(
    settings: Settings,
    action: AuditAction,
    *,
    time: datetime,
    by: str,
    tenant: str | None,
    incident_id: str | None = None,
    digest: str | None = None,
    one_record_a_batch: bool,
) -> None:
    """Write one access, and wait until Kafka has it.

    Raises
    ------
    BrokerError
        If Kafka cannot be reached, or refuses.
    """
    record = AuditRecord(
        time=time,
        person=sanitize(by, _NAME_CHARACTERS),
        role=None,
        action=action,
        incident_id=incident_id,
        network="command",
        digest=digest,
    )
    producer = make_producer(settings.kafka, one_record_a_batch=one_record_a_batch)
    with closing(producer), broker_errors(settings.kafka):
        key, value = audit_key(tenant), encode_audit(record)
        producer.send(settings.topics.audit, key=key, value=value).get(timeout=_SEND_SECONDS)
