"""What every known call exposes."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from models.catalogue.catalogue_entry import CatalogueEntry
from models.catalogue.request_resource import named_resource
from models.catalogue.resource_classes import ResourceClasses
from models.catalogue.route_tree import RouteTree, segments
from models.domain.operation import Operation
from models.domain.sensitivity import Sensitivity, union
from models.tuning.catalogue import (
    CATALOGUE_CALLS_REMEMBERED,
    CATALOGUE_SHAPE_SEGMENTS,
)

_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_VERSION: Final = re.compile(r"v[0-9]{1,2}|20[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
# Lambda appends the version of its API to the name, as in GetFunction20150331v2.
_CALL_VERSION: Final = re.compile(r"20[0-9]{6}(?:v[0-9])?$", re.ASCII)


class Catalogue:
    """The operations of the seller API, of MWS and of AWS.

    Parameters
    ----------
    routes
        Entry by method and path template, such as ``GET /orders/v0/orders/{orderId}``.
    mws
        Entry by MWS action.
    calls
        Entry by ``eventSource:eventName``.
    reports, notifications
        Sensitivity by report type and by notification type.
    resources
        Classes of buckets, tables and databases.

    Examples
    --------
    >>> order = CatalogueEntry(name="getOrder", service="orders")
    >>> catalogue = Catalogue(routes={"GET /orders/v0/orders/{orderId}": order})
    >>> catalogue.seller_api("GET", "/orders/v0/orders/902-1", {}).name
    'getOrder'
    >>> catalogue.shape("/orders/v0/customers/jane")
    '/orders/v0/{}/{}'
    """

    def __init__(
        self,
        *,
        routes: Mapping[str, CatalogueEntry] | None = None,
        mws: Mapping[str, CatalogueEntry] | None = None,
        calls: Mapping[str, CatalogueEntry] | None = None,
        reports: Mapping[str, Sensitivity] | None = None,
        notifications: Mapping[str, Sensitivity] | None = None,
        resources: ResourceClasses | None = None,
    ) -> None:
        self.routes, self.mws, self.calls = dict(routes or {}), dict(mws or {}), dict(calls or {})
        self.reports, self.notifications = dict(reports or {}), dict(notifications or {})
        self.resources = resources or ResourceClasses()
        self._tree: RouteTree[tuple[CatalogueEntry, Operation, bool]] = RouteTree()
        self._words: set[str] = set()
        for route, entry in self.routes.items():
            method, _, template = route.partition(" ")
            self._tree.add(method, template, (entry, entry.operation, entry.is_fixed))
            self._words.update(part for part in template.split("/") if not part.startswith("{"))
        self._with = lru_cache(maxsize=CATALOGUE_CALLS_REMEMBERED)(_with)
        self._call = lru_cache(maxsize=CATALOGUE_CALLS_REMEMBERED)(self._find_call)

    def seller_api(
        self, method: str, path: str, query: Mapping[str, object], report_type: str | None = None
    ) -> Operation | None:
        """Find the operation of a seller-API or MWS request; None if it is unknown.

        Parameters
        ----------
        method
            HTTP method in capitals.
        path
            Path of the request.
        query
            Its parameters; a value is a text (separated by commas) or a list of texts.
        report_type
            Type of the report, if the log gives it outside the query.
        """
        found = self._tree.find(method, path)
        if found is not None:
            entry, operation, is_fixed = found
            return operation if is_fixed else self._resolve(entry, path, query, report_type)
        action = query.get("Action")
        legacy = self.mws.get(action) if isinstance(action, str) else None
        return None if legacy is None else self._resolve(legacy, "", query, report_type)

    def aws(
        self, source: str, name: str, resource: str | None,
        parameters: Mapping[str, Any] | None = None,
    ) -> Operation:  # fmt: skip
        """Describe an AWS call; the name of the resource it read may decide its classes.

        Calls that are not in the catalogue have no known classes.
        """
        entry, operation = self._call(source, name, resource)
        if entry is None or not entry.when or not parameters:
            return operation
        added = tuple(_added(entry, parameters))
        return self._with(operation, added) if added else operation

    def aws_entry(self, source: str, name: str) -> CatalogueEntry | None:
        """Return the entry of an AWS call, or None."""
        entry = self.calls.get(f"{source}:{name}")
        return entry or self.calls.get(f"{source}:{_CALL_VERSION.sub('', name)}")

    def aws_resource(self, source: str, name: str, parameters: Mapping[str, Any]) -> str | None:
        """Name what a known AWS call reads, from its request parameters."""
        entry = self.aws_entry(source, name)
        return None if entry is None else named_resource(parameters, entry.resource)

    def shape(self, path: str) -> str:
        """Return a path with each segment that no known path contains replaced."""
        most = CATALOGUE_SHAPE_SEGMENTS
        parts = path.partition("?")[0].strip("/").split("/", most)[:most]
        known = (part in self._words or _VERSION.fullmatch(part) for part in parts)
        return "/" + "/".join(
            part if keep else "{}" for part, keep in zip(parts, known, strict=True)
        )

    @staticmethod
    def method(text: str) -> str:
        """Return an HTTP method in capitals, or OTHER for anything else."""
        upper = text.upper()
        return upper if upper in _METHODS else "OTHER"

    def _resolve(
        self, entry: CatalogueEntry, path: str, query: Mapping[str, object], report_type: str | None
    ) -> Operation:
        added = list(_added(entry, query)) if entry.when and query else []
        if entry.depends_on is not None:
            added.extend(self._depended(entry, path, query, report_type))
        return self._with(entry.operation, tuple(added)) if added else entry.operation

    def _depended(
        self, entry: CatalogueEntry, path: str, query: Mapping[str, object], report_type: str | None
    ) -> Iterator[Sensitivity]:
        if entry.depends_on == "report_type":
            names = [report_type] if report_type else _values(query, "reportType", "ReportType")
            yield from (self.reports[name] for name in names if name in self.reports)
        elif entry.depends_on == "notification_type":
            name = segments(path)[-1]
            if name in self.notifications:
                yield self.notifications[name]
        else:
            yield from self._restricted_resources(query)

    def _restricted_resources(self, query: Mapping[str, object]) -> Iterator[Sensitivity]:
        """Yield what a restricted data token gives access to, if the log names it."""
        method = next(iter(_values(query, "method")), "GET")
        for path in _values(query, "path"):
            operation = self.seller_api(self.method(method), path, {})
            if operation is not None and operation.service != "tokens":
                yield Sensitivity(data_classes=operation.data_classes)

    def _find_call(
        self, source: str, name: str, resource: str | None
    ) -> tuple[CatalogueEntry | None, Operation]:
        entry = self.aws_entry(source, name)
        if entry is None:
            return None, Operation(name=name, service=source.partition(".")[0])
        if not entry.by_resource or resource is None:
            return entry, entry.operation
        return entry, _with(entry.operation, (self.resources.of(entry.service, resource),))


def _with(operation: Operation, added: tuple[Sensitivity, ...]) -> Operation:
    classes = [*operation.data_classes, *(kind for one in added for kind in one.data_classes)]
    return Operation(
        name=operation.name, service=operation.service, data_classes=union(classes),
        restricted=operation.restricted or any(one.restricted for one in added),
        max_records=operation.max_records,
    )  # fmt: skip


def _added(entry: CatalogueEntry, parameters: Mapping[str, object]) -> Iterator[Sensitivity]:
    for parameter, exposures in entry.when.items():
        for value in _values(parameters, parameter):
            if value in exposures:
                yield exposures[value]


def _values(parameters: Mapping[str, object], *names: str) -> list[str]:
    """Return a parameter's values: from a text with commas, a list of texts, or a boolean."""
    for name in names:
        value = parameters.get(name)
        if isinstance(value, bool):
            return ["true" if value else "false"]
        texts = [value] if isinstance(value, str) else value
        if isinstance(texts, list | tuple) and texts:
            return [
                part.strip() for text in texts if isinstance(text, str) for part in text.split(",")
            ]
    return []
