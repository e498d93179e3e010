"""Reads what Amazon Macie found in buckets."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from models.catalogue.resource_classes import ResourceClasses
from models.domain.data_class import DataClass
from models.domain.sensitivity import Sensitivity, union
from models.errors import RecordError
from streams.sources.formats.envelopes import unwrap
from streams.sources.formats.fields import Record, mapping

_DEPTH: Final = 10
_TAG_KEYS: Final = frozenset({"dataclass", "dataclasses", "dataclassification"})
_CLASSES: Final = {str(one): one for one in DataClass}
# Types of the managed identifiers, by the start of their name:
# docs.aws.amazon.com/macie/latest/user/mdis-reference-quick.html
_PAYMENT: Final = ("CREDIT_CARD", "BANK_ACCOUNT")


class MacieFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What one finding says about its bucket.

    Parameters
    ----------
    bucket
        Name of the bucket.
    sensitivity
        Data classes that were found; empty if the finding names no sensitive data.
    unclassed
        Custom identifiers that match no pattern and so have no class.
    """

    bucket: str
    sensitivity: Sensitivity
    unclassed: tuple[str, ...] = ()


def macie_findings(value: Any, resources: ResourceClasses) -> Iterator[MacieFinding]:  # noqa: ANN401 - JSON
    """Yield the findings of a GetFindings response, of EventBridge events or of a list of either.

    A ``data-class`` tag on the bucket or object names the classes directly. Custom identifiers are
    classified by the resource patterns.

    Raises
    ------
    RecordError
        If the document is something else.

    Examples
    --------
    >>> bucket = {"name": "lake", "tags": [{"key": "data-class", "value": "supplier"}]}
    >>> finding = {"resourcesAffected": {"s3Bucket": bucket}}
    >>> [one.bucket for one in macie_findings({"findings": [finding]}, ResourceClasses())]
    ['lake']
    """
    yield from _walk(value, resources, 0)


def _walk(value: Any, resources: ResourceClasses, depth: int) -> Iterator[MacieFinding]:  # noqa: ANN401
    if isinstance(value, dict) and isinstance(value.get("resourcesAffected"), dict):
        yield _finding(value, resources)
        return
    inner = value
    if depth < _DEPTH and isinstance(value, dict):
        inner = value["findings"] if isinstance(value.get("findings"), list) else unwrap(value)
    if isinstance(inner, list) and depth < _DEPTH:
        for entry in inner:
            yield from _walk(entry, resources, depth + 1)
    elif inner is not value:
        yield from _walk(inner, resources, depth + 1)
    else:
        message = "not a Macie finding: expected resourcesAffected"
        raise RecordError(message)


def _finding(record: Record, resources: ResourceClasses) -> MacieFinding:
    affected = mapping(record, "resourcesAffected")
    bucket, item = mapping(affected, "s3Bucket"), mapping(affected, "s3Object")
    name = bucket.get("name")
    if not isinstance(name, str) or not name:
        message = "no bucket: expected resourcesAffected.s3Bucket.name"
        raise RecordError(message)
    result = mapping(mapping(record, "classificationDetails"), "result")
    named = list(_tagged(bucket.get("tags"))) + list(_tagged(item.get("tags")))
    whose = _person_of(resources.of("s3", name))
    found = [_detected(kind, whose) for kind in _detections(result)]
    custom = [(one, resources.of("macie", one)) for one in _custom(result)]
    found.extend(what for _, what in custom)
    classes = [*named, *(kind for what in found for kind in what.data_classes)]
    return MacieFinding(
        bucket=name,
        sensitivity=Sensitivity(
            data_classes=union(classes), restricted=any(what.restricted for what in found)
        ),
        unclassed=tuple(one for one, what in custom if not what.data_classes),
    )


def _person_of(bucket: Sensitivity) -> DataClass:
    """Return whose personal data it is: the workforce's if the bucket's name says so."""
    own = DataClass.WORKFORCE in bucket.data_classes
    return (
        DataClass.WORKFORCE
        if own and DataClass.CUSTOMER not in bucket.data_classes
        else (DataClass.CUSTOMER)
    )


def _detected(detection: tuple[str, str], whose: DataClass) -> Sensitivity:
    category, kind = detection
    if category == "CREDENTIALS":
        return Sensitivity(restricted=True)
    if kind.startswith(_PAYMENT):
        return Sensitivity(data_classes=(DataClass.PAYMENT,), restricted=True)
    if category == "FINANCIAL_INFORMATION":
        return Sensitivity(data_classes=(DataClass.PAYMENT,))
    return Sensitivity(data_classes=(whose,), restricted=True)


def _detections(result: Record) -> Iterator[tuple[str, str]]:
    for group in _objects(result.get("sensitiveData")):
        for detection in _objects(group.get("detections")):
            yield str(group.get("category")), str(detection.get("type"))


def _custom(result: Record) -> Iterator[str]:
    for detection in _objects(mapping(result, "customDataIdentifiers").get("detections")):
        if isinstance(name := detection.get("name"), str):
            yield name.replace(",", " ")


def _tagged(tags: object) -> Iterator[DataClass]:
    for tag in _objects(tags):
        key, value = tag.get("key"), tag.get("value")
        if isinstance(key, str) and isinstance(value, str):
            folded = key.lower().replace("-", "").replace("_", "")
            if folded in _TAG_KEYS:
                words = value.lower().replace("+", " ").replace(",", " ").replace("/", " ").split()
                yield from (_CLASSES[word] for word in words if word in _CLASSES)


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (entry for entry in value if isinstance(entry, dict))
