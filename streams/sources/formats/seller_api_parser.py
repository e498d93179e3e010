"""Turns access-log records of the seller API into events."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

import msgspec

from models.catalogue.catalogue import Catalogue
from models.domain.access_event import AccessEvent, Grant, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.operation import Operation
from models.domain.redaction import SubjectHasher
from models.errors import RecordError
from models.tuning.catalogue import UNCLASSIFIED_LEAST_BYTES
from streams.sources.formats import fields
from streams.sources.formats.fields import FindNetwork, Record
from streams.sources.formats.request_parts import body_of, named_subjects, query_of
from streams.sources.formats.requested_ids import RequestedIds
from streams.sources.formats.requested_reach import reach_of_request

_GRANTS: Final = frozenset(grant.value for grant in Grant)
_REPORT_TYPE: Final = re.compile(r"[A-Z][A-Z0-9_]{2,99}", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_REPORT_NAMES: Final = frozenset({"reporttype", "reporttypes"})
_UNCLASSIFIED: Final = (DataClass.UNCLASSIFIED,)
_MOST_IDS: Final = 10_000
_TOKEN_OPERATION: Final = "createRestrictedDataToken"  # noqa: S105 - a name of an operation


class SellerApiParser:
    """Parses the records of the seller API and of MWS.

    Parameters
    ----------
    catalogue
        What each operation exposes.
    hasher
        Replaces personal data.
    find_network
        Returns the AS number and country of an address.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        hasher: SubjectHasher,
        find_network: FindNetwork = fields.nowhere,
    ) -> None:
        self._catalogue = catalogue
        self._hasher = hasher
        self._find_network = find_network
        self._requested = RequestedIds()

    def parse(self, record: Record, fallback_id: str) -> AccessEvent:
        """Turn a record into an event; `fallback_id` replaces a missing request id.

        The content of the event has no agent and no place: they tell of the caller, and a later
        look may know more.

        Raises
        ------
        RecordError
            If a field is missing or of the wrong type.
        """
        clean, (principal, kind) = self._hasher.clean, _principal(record)
        get, asked = record.get, _path(record)
        query = query_of(get("query"), asked)
        logged = _report_type(get("report_type"))
        operation, path = self._operation(record, asked, query, logged)
        report = logged or _queried_type(query)
        credential = fields.text(record, "credential_id")
        request_id = _request_id(record)
        agent = fields.loose_text(record, "user_agent")
        grant, size, status = get("grant"), get("response_bytes"), get("status")
        size = get("bytes") if size is None else size
        records, ids = get("records"), get("record_ids")
        address = fields.address(get("source_ip"))
        asn, country = self._network(record, address)
        named = self._named(path, query, operation)
        caller = f"{get('seller_id')}\0{principal}\0{operation.name}"
        seconds = fields.time_of(record)
        body = body_of(get("body"))
        target = _target(record, query, operation)
        outcome = fields.outcome(status, get("errorCode"))
        return AccessEvent(
            event_id=fallback_id if request_id is None else self._hasher.event_id(request_id),
            time=seconds,
            tenant=clean(_tenant(record)),
            principal=self._hasher.clean_principal(principal),
            principal_kind=kind,
            service=operation.service,
            operation=operation.name,
            outcome=outcome,
            data_classes=operation.data_classes,
            restricted=operation.restricted,
            resource=None if report is None else self._report(report),
            records=fields.count(records),
            bytes=fields.count(size),
            subject_ids=self._subjects(ids, named),
            credential_id=None if credential is None else clean(credential),
            grant=grant if isinstance(grant, str) and grant in _GRANTS else None,
            source_ip=address,
            asn=asn,
            country=country,
            user_agent=None if agent is None else self._hasher.clean_agent(agent),
            sequential_ids=self._requested.count(caller, named) if named else 0,
            content=self._hasher.content(
                seconds,
                principal,
                credential,
                get("method"),
                asked,
                get("query"),
                logged,
                address,
                status,
                records,
                size,
                ids,
                *_sometimes_said(target, get("body")),
            ),  # fmt: skip
            delegate=self._delegate(target, principal),
            credential_age_days=fields.age_days(get("credential_issued_at"), seconds),
            reach_seconds=reach_of_request(query, body, seconds) if query or body else None,
            is_fault=outcome is Outcome.ERROR and fields.is_fault(status, get("errorCode")),
        )

    def _delegate(self, target: str | None, principal: str) -> str | None:
        if target is None or target == principal:
            return None
        return self._hasher.clean_delegate(target)

    def _network(self, record: Record, address: str | None) -> tuple[int | None, str | None]:
        """Take network and country from the log, else look up the address."""
        asn, country = fields.network_number(record.get("asn")), record.get("country")
        logged = country if isinstance(country, str) and _COUNTRY.fullmatch(country) else None
        if asn is not None and logged is not None:
            return asn, logged
        found_asn, found_country = self._find_network(address)
        return found_asn if asn is None else asn, logged or found_country

    def _operation(
        self, record: Record, path: str, query: Record, report_type: str | None
    ) -> tuple[Operation, str]:
        """Return the operation, and the path in its plain spelling."""
        method = self._catalogue.method(fields.loose_text(record, "method") or "GET")
        operation, plain = self._catalogue.request(method, path, query, report_type)
        if operation is not None and operation.data_classes:
            return operation, plain
        returned = _has_returned(record)
        if operation is None and returned:
            # Only a read answers with data: servers take an odd method for one.
            operation, plain = self._catalogue.request("GET", path, query, report_type)
        if operation is None:
            shape = self._catalogue.shape(plain)
            service = shape.split("/", 2)[1]
            service = "unknown" if service in ("", "{}") else service
            operation = Operation(name=f"{method} {shape}", service=service)
        if returned and not operation.data_classes:
            operation = msgspec.structs.replace(operation, data_classes=_UNCLASSIFIED)
        return operation, plain

    def _named(self, path: str, query: Record, operation: Operation) -> list[str]:
        """Return the sensitive ids that the request names."""
        if not operation.data_classes or not operation.data_classes[0].is_sensitive:
            return []
        named = named_subjects(path, self._catalogue.shape(path), query)
        return list(islice(named, _MOST_IDS))

    def _report(self, report_type: str) -> str:
        """Name a report type that is known; whoever asks may write anything."""
        if report_type in self._catalogue.reports:
            return report_type
        return f"report-{self._hasher.subject(report_type):016x}"

    def _subjects(self, ids: object, named: list[str]) -> tuple[int, ...]:
        subject = self._hasher.subject
        if isinstance(ids, list) and ids:
            return tuple(
                [
                    subject(entry if type(entry) is str else str(entry))
                    for entry in ids[:_MOST_IDS]
                    if type(entry) is str or _is_id(entry)
                ]
            )
        return tuple([subject(name) for name in named])


def _is_id(entry: object) -> bool:
    return isinstance(entry, str | float) or (isinstance(entry, int) and abs(entry) < 2**64)


def _request_id(record: Record) -> str | None:
    """Return the request's id, of whatever length: its caller may have chosen it."""
    value = record.get("request_id")
    return value or None if isinstance(value, str) else fields.text(record, "request_id")


def _path(record: Record) -> str:
    """Return the path as logged; a long one is cut later and loses no record."""
    path = record.get("path")
    if path is None or path == "":
        message = "no path: expected the path of the request"
        raise RecordError(message)
    if not isinstance(path, str):
        message = f"path: expected text, found {type(path).__name__}"
        raise RecordError(message)
    return path


def _has_returned(record: Record) -> bool:
    """Whether a call has returned what may be data; a log that counts nothing cannot say no."""
    if fields.outcome(record.get("status"), record.get("errorCode")) is not Outcome.SUCCESS:
        return False
    records, size = fields.count(record.get("records")), record.get("response_bytes")
    size = fields.count(record.get("bytes") if size is None else size)
    if records is None and size is None:
        return True
    return (records or 0) > 0 or (size or 0) >= UNCLASSIFIED_LEAST_BYTES


def _report_type(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    name = value.upper()
    return name if _REPORT_TYPE.fullmatch(name) else None


def _queried_type(query: Record) -> str | None:
    """Return the first report type that a query names."""
    for name, value in query.items():
        if isinstance(name, str) and name.lower() in _REPORT_NAMES:
            for text in value if isinstance(value, list) else [value]:
                for part in text.split(",") if isinstance(text, str) else ():
                    if found := _report_type(part.strip()):
                        return found
    return None


def _target(record: Record, query: Record, operation: Operation) -> str | None:
    """Return the application that a token for personal data is made out to."""
    if operation.name != _TOKEN_OPERATION:
        return None
    logged = fields.loose_text(record, "target_application")
    return logged or fields.loose_text(query, "targetApplication")


def _principal(record: Record) -> tuple[str, PrincipalKind]:
    user = fields.text(record, "user_id")
    if user is not None:
        return user, PrincipalKind.USER
    application = fields.text(record, "application_id")
    if application is None:
        message = "no principal: expected user_id or application_id"
        raise RecordError(message)
    return application, PrincipalKind.APPLICATION


def _tenant(record: Record) -> str:
    tenant = fields.text(record, "seller_id")
    if tenant is None:
        message = "no tenant: expected seller_id"
        raise RecordError(message)
    return tenant


def _sometimes_said(target: str | None, body: object) -> Iterator[object]:
    """Yield what few calls say, so that other calls keep the content they had."""
    if target is not None:
        yield target
    if body:
        # As it was logged: what cannot be read must not look alike.
        yield body
