"""Tests of the shipped catalogue: what a request exposes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.data_class import DataClass
from models.domain.operation import Operation
from streams.catalogue.catalogue_files import load_catalogue

CATALOGUE = load_catalogue()
ORDERS = "/orders/2026-01-01/orders"
TOKEN = "/tokens/2021-03-01/restrictedDataToken"


def seller_api(method: str, path: str, query: dict[str, object] | None = None) -> Operation:
    found = CATALOGUE.seller_api(method, path, query or {})
    assert found is not None
    return found


def classes(operation: Operation) -> list[str]:
    return [str(one) for one in operation.data_classes]


def test_every_route_finds_its_own_operation() -> None:
    for route, entry in CATALOGUE.routes.items():
        method, _, template = route.partition(" ")
        path = "/".join("902-1" if part.startswith("{") else part for part in template.split("/"))
        found = seller_api(method, path)
        assert (found.name, found.service) == (entry.name, entry.service)


@pytest.mark.parametrize(
    ("included", "expected", "restricted"),
    [
        (None, ["customer"], False),
        ("PACKAGES", ["customer"], False),
        ("BUYER,RECIPIENT", ["customer"], True),
        (["BUYER", "PAYMENT"], ["customer", "payment"], True),
        ("PROCEEDS, EXPENSE", ["customer", "financial"], False),
    ],
)
def test_included_data_decides_what_orders_expose(
    included: object, expected: list[str], restricted: bool
) -> None:
    found = seller_api("GET", ORDERS, {} if included is None else {"includedData": included})
    assert (classes(found), found.restricted, found.max_records) == (expected, restricted, 100)


def test_a_report_type_decides_what_its_document_exposes() -> None:
    path = "/reports/2021-06-30/documents/d-1"
    report = "GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING"
    found = CATALOGUE.seller_api("GET", path, {}, report)
    assert found is not None
    assert (classes(found), found.restricted) == (["customer"], True)
    assert seller_api("POST", "/reports/2021-06-30/reports", {"reportType": report}) == Operation(
        name="createReport", service="reports", data_classes=(DataClass.CUSTOMER,), restricted=True
    )


def test_a_report_of_an_unknown_type_has_no_known_class() -> None:
    path = "/reports/2021-06-30/documents/d-1"
    assert classes(seller_api("GET", path)) == []
    assert classes(seller_api("GET", path, {"reportType": "GET_SOMETHING_NEW"})) == []


def test_a_subscription_exposes_what_it_will_send() -> None:
    path = "/notifications/v1/subscriptions/"
    assert classes(seller_api("POST", path + "ORDER_CHANGE")) == ["customer"]
    assert classes(seller_api("POST", path + "REPORT_PROCESSING_FINISHED")) == ["none"]
    assert classes(seller_api("GET", path + "ORDER_CHANGE")) == ["none"]


def test_a_token_exposes_what_it_opens() -> None:
    opened = {"method": "GET", "path": "/fba/outbound/brazil/v0/shipments/{shipmentId}"}
    assert classes(seller_api("POST", TOKEN)) == ["customer"]
    assert classes(seller_api("POST", TOKEN, opened)) == ["customer", "payment", "financial"]
    itself = {"method": "POST", "path": TOKEN}
    assert classes(seller_api("POST", TOKEN, itself)) == ["customer"]


@pytest.mark.parametrize("element", ["buyerInfo", "shippingAddress", "buyerTaxInformation"])
def test_data_elements_of_a_token_are_restricted(element: str) -> None:
    found = seller_api("POST", TOKEN, {"dataElements": element})
    assert (classes(found), found.restricted) == (["customer"], True)


def test_an_mws_action_is_found() -> None:
    found = seller_api("POST", "/Orders/2013-09-01", {"Action": "ListOrders"})
    assert (classes(found), found.restricted, found.max_records) == (["customer"], True, 100)


def test_an_action_in_the_query_does_not_hide_a_call_of_the_seller_api() -> None:
    path, query = "/orders/v0/orders", {"Action": "GetReportCount"}
    assert seller_api("GET", path, query).name == "getOrders"


def test_an_unknown_request_is_none() -> None:
    assert CATALOGUE.seller_api("GET", "/orders/v9/orders", {}) is None
    assert CATALOGUE.seller_api("POST", "/Orders/2013-09-01", {"Action": "ListAll"}) is None
    assert CATALOGUE.seller_api("BREW", "/orders/v0/orders", {}) is None


def test_the_resource_decides_what_an_aws_read_exposes() -> None:
    read = CATALOGUE.aws("s3.amazonaws.com", "GetObject", "settlement-archive")
    unknown = CATALOGUE.aws("s3.amazonaws.com", "GetObject", "acme-data-7")
    listed = CATALOGUE.aws("s3.amazonaws.com", "ListObjects", "settlement-archive")
    assert (classes(read), classes(unknown), classes(listed)) == (
        ["financial"],
        ["unclassified"],
        ["none"],
    )


def test_a_copy_exposes_its_source() -> None:
    parameters = {"bucketName": "tmp", "x-amz-copy-source": "/customer-master/all.csv"}
    resource = CATALOGUE.aws_resource("s3.amazonaws.com", "CopyObject", parameters)
    assert resource == "customer-master"
    assert classes(CATALOGUE.aws("s3.amazonaws.com", "CopyObject", resource)) == ["customer"]


@pytest.mark.parametrize(("decrypted", "secret"), [(True, True), ("true", True), (False, False)])
def test_a_decrypted_parameter_is_a_secret(decrypted: object, secret: bool) -> None:
    source, name = "ssm.amazonaws.com", "GetParameter"
    found = CATALOGUE.aws(source, name, "/prod/key", {"withDecryption": decrypted})
    assert found.restricted is secret


def test_a_version_behind_a_name_is_cut() -> None:
    found = CATALOGUE.aws("lambda.amazonaws.com", "GetFunction20150331v2", None)
    assert (found.name, classes(found)) == ("GetFunction", ["none"])


def test_an_unknown_aws_call_keeps_its_name() -> None:
    found = CATALOGUE.aws("braket.amazonaws.com", "GetJob", None)
    assert (found.name, found.service, classes(found)) == ("GetJob", "braket", [])
    assert CATALOGUE.aws_entry("braket.amazonaws.com", "GetJob") is None


def test_a_shape_keeps_only_known_words() -> None:
    assert CATALOGUE.shape("/orders/v0/people/jane%40example.com?x=1") == "/orders/v0/{}/{}"
    assert CATALOGUE.method("get") == "GET"
    assert CATALOGUE.method("jane@example.com") == "OTHER"


VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text() | st.none())
NAMES = st.sampled_from(["Action", "includedData", "reportType", "path", "method"]) | st.text()


@given(
    st.sampled_from(["GET", "POST", "OTHER"]),
    st.sampled_from([ORDERS, TOKEN, "/notifications/v1/subscriptions/x"]) | st.text(),
    st.dictionaries(NAMES, VALUES),
    st.none() | st.text(),
)
def test_any_request_is_answered(
    method: str, path: str, query: dict[str, object], report_type: str | None
) -> None:
    found = CATALOGUE.seller_api(method, path, query, report_type)
    assert found is None or found.name


@given(
    st.sampled_from(["s3", "dynamodb", "ssm", "kms", "athena"]),
    st.sampled_from(["GetObject", "ExecuteStatement", "GetParameter", "Decrypt", "Nothing"]),
    st.dictionaries(st.sampled_from(["statement", "name", "withDecryption", "keyId"]), VALUES),
)
def test_any_aws_call_is_answered(label: str, name: str, parameters: dict[str, object]) -> None:
    source = f"{label}.amazonaws.com"
    resource = CATALOGUE.aws_resource(source, name, parameters)
    assert CATALOGUE.aws(source, name, resource, parameters).name == name
