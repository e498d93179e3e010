"""What every known call exposes."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, PrivateAttr

from models.data_class import DataClass
from models.operation import Operation

_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_VERSION: Final = re.compile(r"v[0-9]{1,2}|20[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MAX_SEGMENTS: Final = 16
_REPORT_READS: Final = frozenset({"getReportDocument", "GetReport"})

_RANKS: Final = {data_class: rank for rank, data_class in enumerate(DataClass)}


class Catalogue(BaseModel):
    """The operations of the seller API, of MWS and of AWS.

    Parameters
    ----------
    routes
        Method, path template and operation of each seller-API call.
    mws
        Operation by MWS action.
    calls
        Operation by ``eventSource:eventName``, for the AWS calls that read data.
    reports
        Operation by report type.
    resource_patterns
        Regular expression and the class of the resources whose name it finds.

    Examples
    --------
    >>> orders = Operation(name="getOrder", service="orders", data_classes=("customer",))
    >>> catalogue = Catalogue(routes=[("GET", "/orders/v0/orders/{orderId}", orders)])
    >>> catalogue.seller_api("GET", "/orders/v0/orders/902-1", {}, None).name
    'getOrder'
    >>> catalogue.shape("/orders/v0/customers/jane")
    '/orders/v0/{}/{}'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    routes: tuple[tuple[str, str, Operation], ...] = ()
    mws: dict[str, Operation] = {}
    calls: dict[str, Operation] = {}
    reports: dict[str, Operation] = {}
    resource_patterns: tuple[tuple[re.Pattern[str], DataClass], ...] = ()

    _words: frozenset[str] = PrivateAttr(default=frozenset())
    _templates: dict[tuple[str, int], list[tuple[tuple[str, ...], Operation]]] = PrivateAttr(
        default_factory=dict
    )
    _match: Any = PrivateAttr(default=None)
    _aws: Any = PrivateAttr(default=None)

    def model_post_init(self, _context: Any, /) -> None:  # noqa: ANN401 - pydantic's signature
        """Index the path templates, the most specific ones first."""
        words: set[str] = set()
        for method, path, operation in self.routes:
            parts = tuple(
                "{}" if part.startswith("{") else part for part in path.strip("/").split("/")
            )
            words.update(parts)
            self._templates.setdefault((method, len(parts)), []).append((parts, operation))
        for entries in self._templates.values():
            entries.sort(key=lambda entry: entry[0].count("{}"))
        self._words = frozenset(words)
        self._match = lru_cache(maxsize=4096)(self._find)
        self._aws = lru_cache(maxsize=4096)(self._find_aws)

    def seller_api(
        self, method: str, path: str, query: Mapping[str, object], report_type: str | None
    ) -> Operation | None:
        """Find the operation of a seller-API or MWS request; None if it is unknown."""
        action = query.get("Action")
        operation = self.mws.get(action) if isinstance(action, str) else None
        if operation is None:
            found: Operation | None = self._match(method, self._shape(path))
            operation = found
        if operation is not None and report_type and operation.name in _REPORT_READS:
            return self.reports.get(report_type, operation)
        return operation

    def aws(self, source: str, name: str, resource: str | None) -> Operation:
        """Describe an AWS call; its classes follow from the name of what it read.

        Calls that are not in the catalogue expose nothing.
        """
        operation: Operation = self._aws(source, name, resource)
        return operation

    def shape(self, path: str) -> str:
        """Write a path with every segment replaced that no known path contains."""
        return "/" + "/".join(self._shape(path))

    @staticmethod
    def method(text: str) -> str:
        """Return an HTTP method in capitals, or OTHER for anything else."""
        upper = text.upper()
        return upper if upper in _METHODS else "OTHER"

    def _shape(self, path: str) -> tuple[str, ...]:
        parts = path.partition("?")[0].strip("/").split("/", _MAX_SEGMENTS)[:_MAX_SEGMENTS]
        return tuple(
            part if part in self._words or _VERSION.fullmatch(part) else "{}" for part in parts
        )

    def _find(self, method: str, parts: tuple[str, ...]) -> Operation | None:
        for template, operation in self._templates.get((method, len(parts)), ()):
            if all(want in ("{}", part) for want, part in zip(template, parts, strict=True)):
                return operation
        return None

    def _find_aws(self, source: str, name: str, resource: str | None) -> Operation:
        known = self.calls.get(f"{source}:{name}")
        if known is None:
            return Operation(name=name, service=source.partition(".")[0])
        if resource is None:
            return known
        classes = {*known.data_classes}
        classes.update(kind for pattern, kind in self.resource_patterns if pattern.search(resource))
        ordered = tuple(sorted(classes, key=_RANKS.__getitem__))
        return known.model_copy(update={"data_classes": ordered})
