"""Classifies calls from the command line or from a log."""

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from models.catalogue.catalogue import Catalogue
from models.errors import RecordError
from streams.catalogue.classification import Classification
from streams.sources.formats.aws_resource import resource_of
from streams.sources.formats.envelopes import unwrap
from streams.sources.formats.fields import Record, loose_text, mapping
from streams.sources.formats.input_meter import DEFAULT_BUDGET
from streams.sources.formats.mended_json import documents
from streams.sources.formats.ocsf import API_ACTIVITY, to_cloudtrail
from streams.sources.formats.request_parts import query_of

_DEPTH: Final = 10
_REQUEST: Final = re.compile(r"(?:([A-Za-z]{3,7})\s+)?((?:https?://|/)\S*)(?:\s+HTTP/[0-9.]+)?")
_CALL: Final = re.compile(
    r"([a-z0-9-]{2,64})(?:\.amazonaws\.com)?:([A-Za-z][A-Za-z0-9]{1,127})(?:\s+(\S+))?"
)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,127}")
_DOCUMENT: Final = "GET /reports/2021-06-30/documents/{reportDocumentId}"
_SUBSCRIPTION: Final = "POST /notifications/v1/subscriptions/"
_EXPECTED: Final = (
    "expected 'METHOD PATH[?QUERY]', 'SERVICE:CALL [RESOURCE]', the name of an operation or a "
    "JSON record"
)


class Classifier:
    """Says what a call exposes.

    Parameters
    ----------
    catalogue
        What each operation exposes.

    Examples
    --------
    >>> from streams.catalogue.catalogue_files import load_catalogue
    >>> classifier = Classifier(load_catalogue())
    >>> [(call, answer)] = classifier.classify("GET /orders/v0/orders/902-1/address")
    >>> answer.operation
    'getOrderAddress'
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._calls_named: dict[str, list[str]] = {}
        for call, entry in (*catalogue.routes.items(), *catalogue.calls.items()):
            self._calls_named.setdefault(entry.name, []).append(call)
        for action in catalogue.mws:
            self._calls_named.setdefault(action, []).append(f"POST /?Action={action}")
        for name in catalogue.reports:
            self._calls_named[name] = [f"{_DOCUMENT}?reportType={name}"]
        for name in catalogue.notifications:
            self._calls_named[name] = [f"{_SUBSCRIPTION}{name}"]

    def classify(self, text: str) -> Iterator[tuple[str, Classification]]:
        """Yield each call of a text with what it exposes.

        Parameters
        ----------
        text
            ``METHOD PATH[?QUERY]`` (GET where no method is given), ``SERVICE:CALL [RESOURCE]``
            of AWS, the name of an operation, report type or notification type, or JSON:
            records of CloudTrail in any envelope, OCSF API Activity, or records of the seller
            API's log.

        Raises
        ------
        RecordError
            If it is none of these.
        """
        text = text.strip()
        if text[:1] in ("{", "["):
            for document in documents(text.encode("utf-8", "replace"), DEFAULT_BUDGET.records):
                yield from self._walk(document, 0)
        elif (request := _REQUEST.fullmatch(text)) is not None:
            yield self._request(request[1] or "GET", request[2], {}, None)
        elif (call := _CALL.fullmatch(text)) is not None:
            yield self._call(f"{call[1]}.amazonaws.com", call[2], call[3], {})
        elif _NAME.fullmatch(text) is not None:
            yield from self._named(text)
        else:
            raise RecordError(_EXPECTED)

    def _named(self, name: str) -> Iterator[tuple[str, Classification]]:
        """Yield every call with this name; versions and services share some names."""
        calls = self._calls_named.get(name)
        if calls is None:
            nearest = closest(name, self._calls_named)
            yield name, Classification.unknown(f"no operation has this name{_mean(nearest)}")
            return
        for call in calls:
            yield from self.classify(call)

    def _walk(self, value: Any, depth: int) -> Iterator[tuple[str, Classification]]:  # noqa: ANN401 - JSON
        inner = unwrap(value) if depth < _DEPTH else value
        if isinstance(inner, list) and depth < _DEPTH:
            for entry in inner:
                yield from self._walk(entry, depth + 1)
        elif inner is not value:
            yield from self._walk(inner, depth + 1)
        else:
            yield self._record(value)

    def _record(self, record: object) -> tuple[str, Classification]:
        if not isinstance(record, dict):
            message = f"expected a JSON object, found {type(record).__name__}"
            raise RecordError(message)
        if record.get("class_uid") == API_ACTIVITY:
            record = to_cloudtrail(record)
        source, name = loose_text(record, "eventSource"), loose_text(record, "eventName")
        if source is not None and name is not None:
            parameters = mapping(record, "requestParameters")
            resource = self._catalogue.aws_resource(source, name, parameters)
            return self._call(source, name, resource or resource_of(record), parameters)
        path = loose_text(record, "path")
        if path is None:
            message = "expected eventSource and eventName, or path, in a JSON record"
            raise RecordError(message)
        method = loose_text(record, "method") or "GET"
        query = mapping(record, "query") or query_of(record.get("query"), path)
        return self._request(method, path, query, loose_text(record, "report_type"))

    def _request(
        self, method: str, path: str, query: Record, report_type: str | None
    ) -> tuple[str, Classification]:
        catalogue, method = self._catalogue, self._catalogue.method(method)
        path, _, text = path.partition("?")
        query = query or query_of(text, "")
        named = query.get("reportType")
        # Whoever asks here is no caller that might lie.
        report_type = report_type or (named if isinstance(named, str) else None)
        found = catalogue.seller_api(method, path, query, report_type)
        action = query.get("Action")
        call = f"{method} {path}" + (f"?Action={action}" if action else "")
        if found is not None:
            return call, Classification.of(found)
        return call, Classification.unknown(self._suggest_request(method, path, action))

    def _suggest_request(self, method: str, path: str, action: object) -> str:
        catalogue = self._catalogue
        if isinstance(action, str):
            nearest = closest(action, catalogue.mws)
            return f"no such MWS action{_mean(nearest)}"
        others = [
            name
            for name in ("GET", "POST", "PUT", "PATCH", "DELETE")
            if catalogue.seller_api(name, path, {}) is not None
        ]
        if others:
            return f"this path takes {', '.join(others)}, not {method}"
        return f"no route matches{_mean(closest(f'{method} {path}', catalogue.routes))}"

    def _call(
        self, source: str, name: str, resource: str | None, parameters: Record
    ) -> tuple[str, Classification]:
        call = f"{source}:{name}" + (f" {resource}" if resource else "")
        if self._catalogue.aws_entry(source, name) is not None:
            operation = self._catalogue.aws(source, name, resource, parameters)
            return call, Classification.of(operation)
        nearest = closest(f"{source}:{name}", self._catalogue.calls)
        return call, Classification.unknown(f"no call that reads data{_mean(nearest)}")


def _mean(nearest: str | None) -> str:
    return "" if nearest is None else f": did you mean {nearest}?"


_ALIKE: Final = 0.6


def closest(text: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to a text, or None if none is close.

    Examples
    --------
    >>> closest("GET /order/v0/orders", ["GET /orders/v0/orders", "GET /sales/v1/orderMetrics"])
    'GET /orders/v0/orders'
    >>> closest("GET /health", ["GET /orders/v0/orders"])
    """
    return next(iter(difflib.get_close_matches(text, list(known), n=1, cutoff=_ALIKE)), None)
