"""Turns the marketplace's notifications into events."""

from collections.abc import Mapping
from typing import Any, Final

from models.catalogue.catalogue import Catalogue
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.redaction import SubjectHasher
from models.domain.seller_notice import (
    FINISHED,
    NOTICE_PRINCIPAL,
    NOTICE_SERVICE,
    ORDER_CHANGED,
    QUERY_FINISHED,
)
from models.errors import RecordError
from streams.sources.formats import fields
from streams.sources.formats.fields import Record

_TYPE: Final = "notificationType"
_ACCOUNT: Final = "amzn1.merchant.o."
_DONE: Final = "DONE"
# Names of what the payload holds; that of Data Kiosk holds its fields itself.
_INNER: Final = ("reportProcessingFinishedNotification", "orderChangeNotification")
_IDS: Final = ("reportId", "queryId", "amazonOrderId")


def is_notification(record: object) -> bool:
    """Whether a record is a notification of the marketplace, in either spelling of its keys.

    Examples
    --------
    >>> is_notification({"NotificationType": "ORDER_CHANGE"}), is_notification({"path": "/"})
    (True, False)
    """
    return isinstance(record, dict) and (_TYPE in record or "NotificationType" in record)


class NotificationParser:
    """Parses notices of finished reports and queries, and of changed orders.

    Parameters
    ----------
    catalogue
        What each type of report exposes.
    hasher
        Replaces ids.
    """

    def __init__(self, catalogue: Catalogue, hasher: SubjectHasher) -> None:
        self._catalogue, self._hasher = catalogue, hasher

    def parse(self, record: Record, fallback_id: str) -> AccessEvent | None:
        """Turn a notification into an event; None if it is of a type that tells us nothing.

        Raises
        ------
        RecordError
            If a field is missing or of the wrong type.
        """
        notice = _lowered(record)
        kind = fields.text(notice, _TYPE)
        if kind not in FINISHED and kind != ORDER_CHANGED:
            return None
        payload = _lowered(fields.mapping(notice, "payload"))
        inner = next((payload[name] for name in _INNER if name in payload), payload)
        said = _lowered(inner) if isinstance(inner, dict) else {}
        subject = next((value for name in _IDS if (value := _id(said.get(name)))), None)
        if subject is None:
            message = f"no id: expected one of {', '.join(_IDS)}"
            raise RecordError(message)
        return self._event(kind, notice, said, subject, fallback_id)

    def _event(
        self, kind: str, notice: Record, said: Record, subject: str, fallback_id: str
    ) -> AccessEvent:
        report = (
            fields.text(said, "reportType") if kind not in (QUERY_FINISHED, ORDER_CHANGED) else None
        )
        classes, restricted = self._exposes(kind, report)
        metadata = _lowered(fields.mapping(notice, "notificationMetadata"))
        identity = fields.loose_text(metadata, "notificationId")
        status, seconds = said.get("processingStatus"), fields.time_of(notice)
        tenant = self._hasher.clean(_tenant(said))
        is_done = kind == ORDER_CHANGED or status == _DONE
        return AccessEvent(
            event_id=fallback_id if identity is None else self._hasher.event_id(identity),
            time=seconds,
            tenant=tenant,
            principal=NOTICE_PRINCIPAL,
            principal_kind=PrincipalKind.SERVICE,
            service=NOTICE_SERVICE,
            operation=kind,
            outcome=Outcome.SUCCESS if is_done else Outcome.ERROR,
            data_classes=classes,
            restricted=restricted,
            resource=None if report is None else self._report(report),
            subject_ids=(self._hasher.subject(subject),),
            content=self._hasher.content(seconds, kind, tenant, subject, report, status),
        )

    def _exposes(self, kind: str, report: str | None) -> tuple[tuple[DataClass, ...], bool]:
        if kind == ORDER_CHANGED:
            return (DataClass.NONE,), False
        if kind == QUERY_FINISHED:
            return (DataClass.FINANCIAL,), False
        found = self._catalogue.reports.get(report or "")
        if found is None:
            return (DataClass.UNCLASSIFIED,), False
        return found.data_classes, found.restricted

    def _report(self, report: str) -> str:
        if report in self._catalogue.reports:
            return report
        return f"report-{self._hasher.subject(report):016x}"


def _lowered(record: Mapping[str, Any]) -> dict[str, Any]:
    """Let names begin with a small letter: notifications come in two spellings."""
    return {name[:1].lower() + name[1:]: value for name, value in record.items()}


def _id(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def _tenant(said: Record) -> str:
    seller = fields.text(said, "sellerId")
    account = fields.text(said, "accountId")
    found = seller or (None if account is None else account.removeprefix(_ACCOUNT))
    if not found:
        message = "no tenant: expected sellerId or accountId"
        raise RecordError(message)
    return found
