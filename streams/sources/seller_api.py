"""Events of the seller API's access log."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

from models.access_event import AccessEvent, PrincipalKind
from models.catalogue import Catalogue
from models.errors import RecordError
from models.operation import Operation
from models.redaction import SubjectHasher
from streams.sources.values import (
    as_address,
    as_count,
    as_query,
    as_text,
    as_time,
    outcome_of_status,
)

_GRANTS: Final = frozenset({"lwa", "secret_key", "session"})
_REPORT_TYPE: Final = re.compile(r"[A-Z0-9_]{1,100}")
_ACTION: Final = re.compile(r"[A-Za-z]{1,64}")
_MAX_SUBJECTS: Final = 5_000
_SUBJECT_NAME: Final = re.compile(
    r"(amazon|seller|displayable|sellerfulfillment)?(order|shipment|servicejob)_?ids?(\.id\.\d+)?"
    r"|buyer\w*|purchaseordernumbers?|customerids?|recipient\w*|supplierids?|vendorids?"
    r"|\w*e?mail(address)?",
    re.IGNORECASE,
)


class SellerApiSource:
    """Makes an event of a record of contract 4.1.

    Parameters
    ----------
    catalogue
        What the calls expose.
    hasher
        Turns ids of buyers, orders and suppliers into hashes.

    Examples
    --------
    >>> source = SellerApiSource(Catalogue.from_mapping({}), SubjectHasher(bytes(32)))
    >>> record = {"time": "2026-01-01T00:00:00Z", "seller_id": "A1", "application_id": "app-1",
    ...           "method": "GET", "path": "/x/y", "status": 200, "request_id": "r-1"}
    >>> source.event(record, "r").operation
    'GET /x/{}'
    """

    def __init__(self, catalogue: Catalogue, hasher: SubjectHasher) -> None:
        self._catalogue = catalogue
        self._hasher = hasher
        self._clean = lru_cache(maxsize=20_000)(hasher.clean)

    def event(self, record: Mapping[str, Any], fallback_id: str) -> AccessEvent:
        """Return the event of a record; `fallback_id` serves one without a request id.

        Raises
        ------
        RecordError
            If it has no usable time, seller, principal or path.
        """
        path, query = _target(record)
        time = as_time(record.get("time"))
        if time is None:
            message = "time is missing or no time"
            raise RecordError(message)
        principal, kind = self._principal(record)
        report_type = _report_type(record, query)
        operation, ids = self._operation(record, path, query, report_type)
        agent = as_text(record.get("user_agent"), 512)
        grant = record.get("grant")
        return AccessEvent(
            event_id=self._short(record.get("request_id")) or fallback_id,
            time=time,
            tenant=self._required(record, "seller_id"),
            principal=principal,
            principal_kind=kind,
            service=operation.service,
            operation=operation.name,
            outcome=outcome_of_status(as_count(record.get("status"))),
            data_classes=operation.data_classes,
            restricted=operation.restricted,
            resource=report_type,
            records=as_count(record.get("records")),
            bytes=as_count(record.get("response_bytes")),
            subject_ids=self._subjects(record.get("record_ids"), ids, query),
            credential_id=self._short(record.get("credential_id")),
            grant=grant if isinstance(grant, str) and grant in _GRANTS else None,
            source_ip=as_address(record.get("source_ip")),
            user_agent=None if agent is None else self._clean(agent)[:256],
        )

    def _principal(self, record: Mapping[str, Any]) -> tuple[str, PrincipalKind]:
        user = self._short(record.get("user_id"))
        if user is not None:
            return user, PrincipalKind.USER
        application = self._short(record.get("application_id"))
        if application is None:
            message = "no principal: user_id and application_id are missing"
            raise RecordError(message)
        return application, PrincipalKind.APPLICATION

    def _operation(
        self, record: Mapping[str, Any], path: str, query: Mapping[str, str], report: str | None
    ) -> tuple[Operation, tuple[str, ...]]:
        method = self._catalogue.method(as_text(record.get("method"), 16) or "GET")
        shape = self._catalogue.shape(path)
        # Whatever the templates do not spell out is an id.
        named = zip(shape.strip("/").split("/"), path.strip("/").split("/"), strict=False)
        ids = tuple(part for known, part in named if known == "{}" and part)
        operation = self._catalogue.seller_api(method, path, query, report)
        if operation is not None:
            return operation, ids
        action = query.get("Action")
        if action is not None and _ACTION.fullmatch(action):
            return Operation(name=action, service="mws"), ()
        return Operation(name=f"{method} {shape}", service="unknown"), ()

    def _subjects(
        self, ids: object, parameters: Iterable[str], query: Mapping[str, str]
    ) -> tuple[int, ...]:
        subjects = list(ids[:_MAX_SUBJECTS]) if isinstance(ids, list) else []
        subjects += [unquote(value) for value in parameters]
        for name, value in query.items():
            if _SUBJECT_NAME.fullmatch(name):
                subjects += value.split(",")
        texts = (as_text(subject) for subject in subjects)
        # A dict keeps the order, so that the same record gives the same event.
        return tuple(
            dict.fromkeys(self._hasher.subject(text) for text in texts if text is not None)
        )

    def _required(self, record: Mapping[str, Any], name: str) -> str:
        value = self._short(record.get(name))
        if value is None:
            message = f"{name} is missing"
            raise RecordError(message)
        return value

    def _short(self, value: object) -> str | None:
        text = as_text(value)
        return None if text is None else self._clean(text)


def _target(record: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    raw = as_text(record.get("path"), 4096)
    if raw is None:
        message = "path is missing"
        raise RecordError(message)
    path, _, inline = raw.partition("?")
    query = as_query(record.get("query"))
    return path, {**as_query(inline), **query} if inline else query


def _report_type(record: Mapping[str, Any], query: Mapping[str, str]) -> str | None:
    said = record.get("report_type") or query.get("reportType") or query.get("ReportType")
    if said is None:
        said = query.get("reportTypes", "").partition(",")[0]
    matches = isinstance(said, str) and _REPORT_TYPE.fullmatch(said)
    return said if matches and isinstance(said, str) else None
