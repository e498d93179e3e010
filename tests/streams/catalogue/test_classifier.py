import gzip
import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import RecordError
from streams.catalogue.catalogue_files import load_catalogue
from streams.catalogue.classification import Classification
from streams.catalogue.classifier import Classifier, closest

CLASSIFIER = Classifier(load_catalogue())


def classify(text: str) -> Classification:
    ((_, answer),) = CLASSIFIER.classify(text)
    return answer


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("GET /orders/v0/orders", "getOrders"),
        ("get /orders/v0/orders/902-1/address", "getOrderAddress"),
        ("/orders/v0/orders", "getOrders"),
        ("GET /orders/v0/orders HTTP/1.1", "getOrders"),
        ("GET https://api.example.com/orders/v0/orders?MarketplaceIds=A", "getOrders"),
        ("DELETE /mfn/v0/shipments/s-1", "cancelShipment"),
        ("POST /Orders/2013-09-01?Action=ListOrders&Version=2013-09-01", "ListOrders"),
        ("s3:GetObject acme-orders", "GetObject"),
        ("dynamodb.amazonaws.com:Scan", "Scan"),
        ('{"method": "GET", "path": "/orders/v0/orders"}', "getOrders"),
        ('{"eventSource": "kms.amazonaws.com", "eventName": "Decrypt"}', "Decrypt"),
    ],
)  # fmt: skip
def test_a_call_is_known(text: str, operation: str) -> None:
    assert classify(text).operation == operation


def test_the_query_is_read_wherever_it_is() -> None:
    path = "/orders/2026-01-01/orders"
    texts = [
        f"GET {path}?includedData=BUYER,PAYMENT",
        f"GET {path}?includedData=BUYER&includedData=PAYMENT",
        json.dumps({"path": path, "query": {"includedData": ["BUYER", "PAYMENT"]}}),
        json.dumps({"path": path, "query": "?includedData=BUYER%2CPAYMENT"}),
        json.dumps({"path": f"{path}?includedData=BUYER,PAYMENT"}),
    ]  # fmt: skip
    answers = [classify(text) for text in texts]
    assert {answer.data_classes for answer in answers} == {("customer", "payment")}
    assert all(answer.restricted for answer in answers)


def test_a_report_type_is_read_wherever_it_is() -> None:
    report, path = "GET_V2_SETTLEMENT_REPORT_DATA_XML", "/reports/2021-06-30/documents/d"
    assert classify(f"GET {path}?reportType={report}").data_classes == ("financial",)
    assert classify(json.dumps({"path": path, "report_type": report})).data_classes == (
        "financial",
    )


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("GET /order/v0/orders", "no route matches: did you mean GET /orders/v0/orders?"),
        ("POST /orders/v0/orders", "this path takes GET, not POST"),
        ("GET /health", "no route matches"),
        ("POST /Orders/2013-09-01?Action=ListOrder", "did you mean ListOrders?"),
        ("s3:GetObjct x", "did you mean s3.amazonaws.com:GetObject?"),
    ],
)
def test_an_unknown_call_gets_a_suggestion(text: str, suggestion: str) -> None:
    answer = classify(text)
    assert (answer.operation, answer.service, answer.data_classes) == (None, None, ())
    assert answer.suggestion is not None
    assert suggestion in str(answer.suggestion)


def test_a_name_gives_every_call_that_has_it() -> None:
    calls = dict(CLASSIFIER.classify("getOrder"))
    assert "GET /orders/v0/orders/{orderId}" in calls
    assert "GET /orders/2026-01-01/orders/{orderId}" in calls
    assert {answer.operation for answer in calls.values()} == {"getOrder"}
    sources = [call for call, _ in CLASSIFIER.classify("ExecuteStatement")]
    assert "dynamodb.amazonaws.com:ExecuteStatement" in sources
    assert "rdsdata.amazonaws.com:ExecuteStatement" in sources


@pytest.mark.parametrize(
    ("name", "operation", "data_class"),
    [
        ("ListOrders", "ListOrders", "customer"),
        ("GET_V2_SETTLEMENT_REPORT_DATA_XML", "getReportDocument", "financial"),
        ("ORDER_CHANGE", "createSubscription", "customer"),
        ("getOrderz", None, None),
    ],
)
def test_a_name_may_be_an_action_or_a_type(
    name: str, operation: str | None, data_class: str | None
) -> None:
    answer = classify(name)
    assert answer.operation == operation
    assert answer.data_classes == (() if data_class is None else (data_class,))


@pytest.mark.parametrize(
    "envelope",
    [
        lambda record: record,
        lambda record: [record],
        lambda record: {"Records": [record]},
        lambda record: {"detail-type": "AWS API Call via CloudTrail", "detail": record},
        lambda record: {"Events": [{"CloudTrailEvent": json.dumps(record)}]},
    ],
)
def test_a_cloudtrail_record_is_found_in_its_envelope(envelope) -> None:
    record = {
        "eventSource": "dynamodb.amazonaws.com",
        "eventName": "ExecuteStatement",
        "requestParameters": {"statement": 'SELECT * FROM "payroll" WHERE name = 7'},
    }
    answer = classify(json.dumps(envelope(record)))
    assert (answer.operation, answer.data_classes) == ("ExecuteStatement", ("workforce",))


def test_an_ocsf_record_is_read() -> None:
    api = {
        "operation": "GetObject",
        "service": {"name": "s3.amazonaws.com"},
        "request": {"data": {"bucketName": "supplier-prices"}},
    }
    answer = classify(json.dumps({"class_uid": 6003, "api": api}))
    assert answer.data_classes == ("supplier",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hello there", "expected 'METHOD PATH"),
        ("{", "not JSON"),
        ("[1]", "expected a JSON object, found int"),
        ("{}", "expected eventSource and eventName, or path"),
    ],
)
def test_what_is_no_call_is_an_error(text: str, reason: str) -> None:
    with pytest.raises(RecordError, match=reason):
        list(CLASSIFIER.classify(text))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text() | st.text(st.sampled_from('GET /orders?&=%{}[]":,')))
def test_any_text_is_answered_or_refused(text: str) -> None:
    try:
        for _, answer in CLASSIFIER.classify(text):
            assert (answer.operation is None) == isinstance(answer.suggestion, str)
    except RecordError as error:
        assert "\n" not in str(error)


def test_all_operations_of_the_models_are_known(shared_data) -> None:
    with gzip.open(shared_data / "spapi" / "operations.ndjson.gz", "rt") as lines:
        operations = [json.loads(line) for line in lines]
    named = Counter()
    for one in operations:
        path = one["path"].replace("{", "x").replace("}", "")
        named[classify(f"{one['method']} {path}").operation == one["operationId"]] += 1
    assert named == {True: 370}


def test_the_closest_is_suggested() -> None:
    assert closest("GetObjct", ["GetObject", "PutObject"]) == "GetObject"


def test_nothing_alike_is_none() -> None:
    assert closest("zzz", ["GetObject"]) is None
    assert closest("zzz", []) is None
