"""What every known call exposes."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from models.catalogue.catalogue_entry import CatalogueEntry
from models.catalogue.request_parameters import (
    REPORT_NAMES,
    ParameterNames,
    added_by,
    known_of,
    values_of,
)
from models.catalogue.request_resource import named_columns, named_resource
from models.catalogue.resource_classes import ResourceClasses
from models.catalogue.route_tree import RouteTree
from models.domain.data_class import DataClass
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
# Where MWS is: its root, or a section and a version.
_MWS_PATH: Final = re.compile(r"/(?:[A-Za-z_]+(?:/20[0-9]{2}-[0-9]{2}-[0-9]{2})?)?", re.ASCII)
_RANKS: Final = {name: rank for rank, name in enumerate(DataClass)}
_Found = tuple[CatalogueEntry, Operation, bool]


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
        self._tree: RouteTree[_Found] = RouteTree(_rank)
        self._words: set[str] = set()
        for route, entry in self.routes.items():
            method, _, template = route.partition(" ")
            self._tree.add(method, template, (entry, entry.operation, entry.is_fixed))
            self._words.update(part for part in template.split("/") if not part.startswith("{"))
        self._actions = {name.lower(): entry for name, entry in self.mws.items()}
        entries = (*self.routes.values(), *self.mws.values())
        self._names = ParameterNames(name for entry in entries for name in entry.when)
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
        found, plain = self._tree.find(method, path)
        if found is not None and found[2]:
            return found[1]
        return self._answer(found, plain, query, report_type)

    def request(
        self, method: str, path: str, query: Mapping[str, object], report_type: str | None = None
    ) -> tuple[Operation | None, str]:
        """Find the operation of a request; return its path in plain spelling, too.

        Parameters
        ----------
        method, path, query, report_type
            As in `seller_api`.

        Examples
        --------
        >>> order = CatalogueEntry(name="getOrder", service="orders")
        >>> catalogue = Catalogue(routes={"GET /orders/v0/orders/{orderId}": order})
        >>> catalogue.request("GET", "/orders/V0/x/..//%6Frders/902-1;a=1", {})[1]
        '/orders/v0/orders/902-1'
        """
        found, plain = self._tree.find(method, path)
        operation = self._answer(found, plain, query, report_type)
        # The path of an MWS call names its section, and nothing that is read.
        return operation, "/" if found is None and operation is not None else plain

    def _answer(
        self, found: _Found | None, path: str, query: Mapping[str, object], report_type: str | None
    ) -> Operation | None:
        if found is None:
            return self._find_action(path, query, report_type) if query else None
        entry, operation, is_fixed = found
        if is_fixed or not (query or report_type or entry.depends_on == "notification_type"):
            return operation
        return self._resolve(entry, path, self._names.plain(query), report_type)

    def _find_action(
        self, path: str, query: Mapping[str, object], report_type: str | None
    ) -> Operation | None:
        """Find the gravest action that a request names.

        Outside the paths of MWS an action hides what was called, unless it is sensitive itself.
        """
        query = self._names.plain(query)
        names = dict.fromkeys(name.lower() for name in values_of(query, "Action"))
        found = [
            self._resolve(self._actions[name], "", query, report_type)
            for name in names
            if name in self._actions
        ]
        gravest = min(found, key=_rank_of, default=None)
        if gravest is None or _MWS_PATH.fullmatch(path) or _rank_of(gravest) < _HARMLESS:
            return gravest
        return None

    def aws(
        self, source: str, name: str, resource: str | None,
        parameters: Mapping[str, Any] | None = None,
    ) -> Operation:  # fmt: skip
        """Describe an AWS call; the name of the resource it read may decide its classes.

        Calls that are not in the catalogue have no classes. One that reads data of a bucket, table
        or query whose class nobody knows is unclassified. The columns that a query selects add
        their classes.
        """
        entry, operation = self._call(source, name, resource)
        if entry is None:
            return operation
        if entry.when and parameters and (added := tuple(added_by(entry, parameters))):
            operation = self._with(operation, added)
        if entry.columns and entry.by_resource and parameters:
            if kinds := self.columns(entry, parameters, operation.data_classes):
                operation = self._with(operation, (Sensitivity(data_classes=kinds),))
        return operation if operation.data_classes else self._with(operation, _UNCLASSIFIED)

    def columns(
        self,
        entry: CatalogueEntry,
        parameters: Mapping[str, Any],
        known: tuple[DataClass, ...] = (),
    ) -> tuple[DataClass, ...]:
        """Classify the columns that a call names, and the tables of its statements.

        Parameters
        ----------
        entry, parameters
            The call, and CloudTrail's ``requestParameters``.
        known
            Classes of the resource by its name.
        """
        tables, named = named_columns(parameters, entry.columns)
        if tables:
            known = union([*known, *self.resources.of(entry.service, tables).data_classes])
        return union([*known, *self.resources.of_columns(named, known)])

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
        upper = text.strip().upper()
        return upper if upper in _METHODS else "OTHER"

    def _resolve(
        self, entry: CatalogueEntry, path: str, query: Mapping[str, object], report_type: str | None
    ) -> Operation:
        added = list(added_by(entry, query)) if entry.when and query else []
        if entry.depends_on is not None:
            added.extend(self._depended(entry, path, query, report_type))
        return self._with(entry.operation, tuple(added)) if added else entry.operation

    def _depended(
        self, entry: CatalogueEntry, path: str, query: Mapping[str, object], report_type: str | None
    ) -> Iterator[Sensitivity]:
        if entry.depends_on == "report_type":
            is_fetch = entry.name.lower().startswith("get")
            if report_type is not None:
                yield from known_of(self.reports, [report_type])
            if not query:
                return
            names = [name for key in REPORT_NAMES for name in values_of(query, key)]
            for what in known_of(self.reports, names):
                # A document is fetched by its number: nobody but its caller names a type with it.
                if not is_fetch or any(kind.is_sensitive for kind in what.data_classes):
                    yield what
        elif entry.depends_on == "notification_type":
            yield from known_of(self.notifications, [path.rpartition("/")[2]])
        else:
            yield from self._restricted_resources(query)

    def _restricted_resources(self, query: Mapping[str, object]) -> Iterator[Sensitivity]:
        """Give the calls that a restricted data token opens, where the log names them."""
        method = next(iter(values_of(query, "method")), "GET")
        for path in values_of(query, "path"):
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


def _rank(found: _Found) -> int:
    return _rank_of(found[1])


def _rank_of(operation: Operation) -> int:
    """Return how grave an operation is, 0 the gravest; what its request decides may be anything."""
    return _RANKS[operation.data_classes[0]] if operation.data_classes else 0


_UNCLASSIFIED: Final = (Sensitivity(data_classes=(DataClass.UNCLASSIFIED,)),)
_HARMLESS: Final = _RANKS[DataClass.CATALOG]
