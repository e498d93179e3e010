import json
from typing import Any

import pytest

from models.errors import RecordError
from streams.catalogue.catalogue_files import load_resource_classes
from streams.catalogue.macie_findings import MacieFinding, macie_findings

RESOURCES = load_resource_classes()


def finding(
    bucket: str = "lake-7",
    data: dict[str, list[str]] | None = None,
    custom: tuple[str, ...] = (),
    tags: tuple[tuple[str, str], ...] = (),
) -> dict[str, Any]:
    return {
        "type": "SensitiveData:S3Object/Multiple",
        "resourcesAffected": {
            "s3Bucket": {"name": bucket, "tags": [{"key": k, "value": v} for k, v in tags]},
            "s3Object": {"key": "2026/jane@example.com.csv"},
        },
        "classificationDetails": {
            "result": {
                "sensitiveData": [
                    {"category": category, "detections": [{"type": t, "count": 2} for t in types]}
                    for category, types in (data or {}).items()
                ],
                "customDataIdentifiers": {"detections": [{"name": n, "count": 1} for n in custom]},
            }
        },
    }


def read(value: Any) -> list[MacieFinding]:
    return list(macie_findings(value, RESOURCES))


@pytest.mark.parametrize(
    ("one", "expected", "restricted"),
    [
        (finding(data={"PERSONAL_INFORMATION": ["NAME"]}), ["customer"], True),
        (finding("payroll", {"PERSONAL_INFORMATION": ["NAME"]}), ["workforce"], True),
        (finding(data={"FINANCIAL_INFORMATION": ["CREDIT_CARD_NUMBER"]}), ["payment"], True),
        (finding(data={"CREDENTIALS": ["AWS_CREDENTIALS"]}), [], True),
        (finding(custom=("Supplier number",)), ["supplier"], False),
        (finding(tags=(("Data-Class", "financial, supplier"),)), ["financial", "supplier"], False),
        (finding(tags=(("data_class", "secretly"), ("owner", "customer"))), [], False),
        (finding(), [], False),
    ],
)
def test_what_was_found_decides_the_classes(
    one: dict[str, Any], expected: list[str], restricted: bool
) -> None:
    (found,) = read(one)
    classes = [str(kind) for kind in found.sensitivity.data_classes]
    assert (classes, found.sensitivity.restricted) == (expected, restricted)


@pytest.mark.parametrize(
    "envelope",
    [
        lambda one: {"findings": [one]},
        lambda one: [one],
        lambda one: {"detail-type": "Macie Finding", "source": "aws.macie", "detail": one},
        lambda one: {"Records": [{"body": json.dumps({"detail-type": "x", "detail": one})}]},
    ],
)
def test_a_finding_is_found_in_its_envelope(envelope) -> None:
    assert [one.bucket for one in read(envelope(finding()))] == ["lake-7"]


def test_a_custom_identifier_without_a_class_is_named() -> None:
    assert read(finding(custom=("Foo",)))[0].unclassed == ("Foo",)


@pytest.mark.parametrize("value", [1, {}, {"findings": [1]}, {"resourcesAffected": {}}])
def test_something_else_is_an_error(value: object) -> None:
    with pytest.raises(RecordError, match="not a Macie finding|no bucket"):
        read(value)
