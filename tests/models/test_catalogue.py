"""Tests of the shipped catalogue."""

from pathlib import Path

import pytest

from models.data_class import DataClass
from models.errors import SettingsError
from streams.catalogue_files import load_catalogue

CATALOGUE = load_catalogue()


def test_every_route_finds_an_operation_of_its_name() -> None:
    for method, path, operation in CATALOGUE.routes:
        parts = ["902-1" if part.startswith("{") else part for part in path.split("/")]
        found = CATALOGUE.seller_api(method, "/".join(parts), {}, None)
        assert found is not None
        assert found.name == operation.name


def test_a_report_type_decides_what_its_document_exposes() -> None:
    path = "/reports/2021-06-30/documents/d-1"
    report = "GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING"
    found = CATALOGUE.seller_api("GET", path, {}, report)
    assert found is not None
    assert found.data_classes == (DataClass.CUSTOMER,)
    assert found.restricted


def test_an_mws_action_is_found() -> None:
    found = CATALOGUE.seller_api("POST", "/Orders/2013-09-01", {"Action": "ListOrders"}, None)
    assert found is not None
    assert found.data_classes == (DataClass.CUSTOMER,)


def test_the_resource_decides_what_an_aws_read_exposes() -> None:
    read = CATALOGUE.aws("s3.amazonaws.com", "GetObject", "settlement-archive")
    listed = CATALOGUE.aws("s3.amazonaws.com", "ListObjects", "settlement-archive")
    assert (read.data_classes, listed.data_classes) == ((DataClass.FINANCIAL,), ())


def test_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"seller_api\.yaml: No such file") as caught:
        load_catalogue(tmp_path)
    assert "\n" not in str(caught.value)
