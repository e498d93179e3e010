"""Tests of the tables of other access logs."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import ValidationError

from models.domain.access_event import AccessEvent, Outcome
from models.domain.redaction import SubjectHasher
from models.errors import SettingsError
from streams.catalogue.catalogue_files import load_catalogue
from streams.sources.formats.access_log_table import AccessLogTable, load_tables
from streams.sources.formats.event_parser import EventParser

HASHER = SubjectHasher(b"sixteen bytes of key")
PARSER = EventParser(load_catalogue(), HASHER, tables=load_tables())
ENVOY = {
    "start_time": "2026-01-01T00:00:00.000Z", "method": "GET",
    "path": "/orders/v0/orders/902-1?x=1", "response_code": 200, "bytes_sent": 900,
    "downstream_direct_remote_address_without_port": "192.0.2.7", "user_agent": "Bot/1",
    "request_id": "r-1", "seller_id": "A1", "jwt_client_id": "app-1",
}  # fmt: skip
NGINX = {
    "time_iso8601": "2026-01-01T00:00:00+00:00", "request_id": "r-1", "remote_addr": "192.0.2.7",
    "request_method": "GET", "request_uri": "/orders/v0/orders/902-1", "status": "200",
    "body_bytes_sent": "900", "http_user_agent": "Bot/1", "remote_user": "-",
    "seller_id": "A1", "jwt_claim_client_id": "app-1",
}  # fmt: skip
GATEWAY = {
    "requestId": "x", "extendedRequestId": "r-1", "ip": "192.0.2.7",
    "requestTime": "01/Jan/2026:00:00:00 +0000",
    "httpMethod": "GET", "path": "/prod/orders/v0/orders/902-1", "status": "200",
    "responseLength": "900", "userAgent": "Bot/1", "authorizer": {"sellerId": "A1"},
    "authorizer.client_id": "app-1",
}  # fmt: skip


def parse(record: dict[str, Any]) -> AccessEvent:
    (event,) = PARSER.parse(msgspec.json.encode(record), source="log", position="line 1")
    assert isinstance(event, AccessEvent), event
    return event


@pytest.mark.parametrize("record", [ENVOY, NGINX, GATEWAY])
def test_each_shipped_table_makes_the_same_event(record: dict[str, Any]) -> None:
    event = parse(record)
    assert (event.event_id, event.time, event.tenant) == (
        HASHER.event_id("r-1"),
        1767225600.0,
        "A1",
    )
    assert (event.principal, event.operation) == ("app-1", "getOrder")
    assert (event.bytes, event.source_ip, event.user_agent) == (900, "192.0.2.7", "Bot/1")
    assert event.outcome is Outcome.SUCCESS
    assert event.records is None
    assert len(event.subject_ids) == 1


def test_a_port_behind_the_address_is_cut() -> None:
    key = "downstream_direct_remote_address_without_port"
    for address, bare in (("192.0.2.9:4711", "192.0.2.9"), ("[2001:db8::1]:443", "2001:db8::1")):
        record = ENVOY | {key: "-", "downstream_remote_address": address}
        assert parse(record).source_ip == bare


@pytest.mark.parametrize(
    ("hops", "header", "address"),
    [
        (0, "198.51.100.1", "192.0.2.7"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9,198.51.100.1:99 , 198.51.100.2", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.7"),
        (1, "", "192.0.2.7"),
        (1, "-", "192.0.2.7"),
    ],
)
def test_the_caller_is_as_far_from_the_right_as_hops_are_trusted(
    hops: int, header: str, address: str
) -> None:
    (table,) = (table for table in load_tables() if table.name == "nginx")
    table = AccessLogTable(**(table.model_dump() | {"trusted_hops": hops}))
    record = table.to_seller_api(NGINX | {"http_x_forwarded_for": header})
    assert record["source_ip"] == address


def test_of_several_addresses_the_nearest_proxy_s_counts() -> None:
    table = AccessLogTable(name="mine", detect=("uri",), fields={"source_ip": ("xff",)})
    assert table.to_seller_api({"xff": "203.0.113.9, 192.0.2.7"}) == {"source_ip": "192.0.2.7"}


@pytest.mark.parametrize("hops", [-1, 17, "many"])
def test_a_number_of_hops_that_cannot_be_is_refused(hops: object) -> None:
    with pytest.raises(ValidationError, match="trusted_hops"):
        AccessLogTable(**{"name": "x", "detect": ("a",), "fields": {}, "trusted_hops": hops})


@pytest.mark.parametrize(
    "path",
    ["/prod/a/b%2Fc", "/PROD/a/b%2Fc", "//prod//a/b%2Fc", "/%70rod/a/b%2Fc", "/x/../prod/a/b%2Fc",
     "/prod;x/a/b%2Fc"],
)  # fmt: skip
def test_a_prefix_goes_in_any_spelling(path: str) -> None:
    table = AccessLogTable(
        name="mine", detect=("uri",), fields={"path": ("uri",)}, strip_path_prefixes=("/Prod",)
    )
    assert table.to_seller_api({"uri": f"{path}?q=/x"}) == {"path": "/a/b%2Fc?q=/x"}
    assert table.to_seller_api({"uri": "/prod%2Fa"}) == {"path": "/a"}
    assert table.to_seller_api({"uri": "/products/a%2Fb"}) == {"path": "/products/a%2Fb"}


def test_milliseconds_are_a_time_too() -> None:
    assert parse(GATEWAY | {"requestTimeEpoch": "1767225601500"}).time == 1767225601.5


def test_a_fixed_value_stands_where_the_log_has_none() -> None:
    table = AccessLogTable(
        name="mine", detect=("uri",), fields={"path": ("uri",)}, fixed={"seller_id": "A7"}
    )
    assert table.to_seller_api({"uri": "/a"}) == {"seller_id": "A7", "path": "/a"}


@pytest.mark.parametrize("wrong", [{"fields": {"sellr": ("a",)}}, {"fixed": {"sellr": "a"}}])
def test_an_unknown_field_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="sellr"):
        AccessLogTable(**({"name": "x", "detect": ("a",), "fields": {}} | wrong))


def test_the_file_names_the_format(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("detect: [uri]\nfields: {path: [uri]}\n")
    assert [table.name for table in load_tables(tmp_path)] == ["mine"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("fields: {}", "detect"), ("detect: [a]\nfields: {a: [b]}", "fields.a"), ("- a", "expected")],
)
def test_a_wrong_table_is_named(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(SettingsError, match=rf"mine\.yaml: .*{reason}"):
        load_tables(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="tables_directory"):
        load_tables(tmp_path / "none")
