"""Sends what a person says from the command line."""

import getpass
from datetime import datetime
from typing import Final

from models.incidents.activity import Activity
from models.incidents.planned_change import PlannedChange
from streams.commands.audit_note import note_access
from streams.kafka.audit_topic import AuditAction
from streams.kafka.clients import broker_errors, make_producer
from streams.kafka.feedback_topic import Told, encode_feedback
from streams.settings.settings import Settings

_SEND_SECONDS: Final = 30.0


def send_feedback(settings: Settings, told: Told, *, one_record_a_batch: bool) -> None:
    """Write what a person says to the feedback topic, and wait until Kafka has it.

    Nothing is said that is not on record: the audit topic has it first.

    Raises
    ------
    BrokerError
        If Kafka cannot be reached, or refuses.
    """
    action, time, incident_id = _on_record(told)
    note_access(
        settings, action, time=time, by=told.by, tenant=told.tenant, incident_id=incident_id,
        one_record_a_batch=one_record_a_batch,
    )  # fmt: skip
    names = settings.topics
    message = encode_feedback(told, names.partitions)
    producer = make_producer(settings.kafka, one_record_a_batch=one_record_a_batch)
    try:
        with broker_errors(settings.kafka):
            sent = producer.send(
                names.feedback, key=message.key, value=message.value, partition=message.partition
            )
            sent.get(timeout=_SEND_SECONDS)
    finally:
        producer.close()


def _on_record(told: Told) -> tuple[AuditAction, datetime, str | None]:
    """Return what was done, when, and with which incident."""
    if isinstance(told, PlannedChange):
        return AuditAction.PLANNED_CHANGE, told.declared_at, None
    if isinstance(told, Activity):
        return AuditAction.ACTIVITY, told.at, told.incident_id
    return AuditAction.VERDICT, told.decided_at, told.incident_id


def login_name() -> str:
    """Return the name that the person is logged in as."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # In a container, the user may have only a number.
        return "unknown"
