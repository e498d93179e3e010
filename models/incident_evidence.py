"""What an incident shows of an event."""

from datetime import UTC, datetime

from models.access_event import AccessEvent
from models.incident import Evidence


def evidence_of(event: AccessEvent) -> Evidence:
    """Return what an incident shows of an event: no ids of subjects, whole or hashed.

    Examples
    --------
    >>> from models.access_event import Outcome, PrincipalKind
    >>> event = AccessEvent(
    ...     event_id="r-1", time=60.0, tenant="A1", principal="app-1",
    ...     principal_kind=PrincipalKind.APPLICATION, service="orders", operation="getOrders",
    ...     outcome=Outcome.SUCCESS, records=50, subject_ids=(7,),
    ... )
    >>> evidence_of(event).time.isoformat(), evidence_of(event).records
    ('1970-01-01T00:01:00+00:00', 50)
    """
    return Evidence(
        event_id=event.event_id,
        time=datetime.fromtimestamp(event.time, UTC),
        operation=event.operation,
        resource=event.resource,
        data_classes=event.data_classes,
        outcome=event.outcome,
        records=event.records,
        bytes=event.bytes,
        source_ip=event.source_ip,
        country=event.country,
        asn=event.asn,
        user_agent=event.user_agent,
        credential_id=event.credential_id,
    )
