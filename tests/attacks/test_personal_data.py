"""Whoever plants personal data in a log, in whatever form, finds it in no output."""

import base64
import html
import json
import logging
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import msgspec
import pytest
from account import KEY, Account
from prometheus_client import CollectorRegistry, generate_latest

from models.domain.access_event import AccessEvent
from models.incidents.incident import Incident
from streams.exporters.alert_message import alert_message
from streams.exporters.incident_collector import IncidentCollector
from streams.exporters.ocsf_finding import detection_finding
from streams.exporters.open_incident import OpenIncident
from streams.ingest.parser_factory import make_parser
from streams.settings.sections import LinkSettings
from streams.settings.settings import Settings
from streams.sources.files.read_events import read_events
from streams.sources.formats.event_parser import EventParser, Parsed
from streams.web.incident_page import incident_page
from streams.web.pages import Pages
from streams.web.responder_desk import DeskView
from streams.web.response_commands import response_commands

Encode = Callable[[str], str]
Place = Callable[[str], dict[str, Any]]
_FIRST = [a + b for a in ("Quil", "Vex", "Zor", "Myr", "Thal", "Brix") for b in ("ara", "imon")]
_LAST = [a + "oxwick" for a in "B D F G H J K L M N P R S T V W".split()]


def _card(number: int) -> str:
    """Make a card number of the range 411111, which issuers keep for tests."""
    body = f"411111{number * 7919 % 10**9:09d}"
    digits = [int(one) for one in reversed(body)]
    total = sum(sum(divmod(2 * d, 10)) if n % 2 == 0 else d for n, d in enumerate(digits))
    return f"{body}{-total % 10}"


class Person:
    """Somebody who does not exist; the trace is what would betray the value."""

    def __init__(self, number: int) -> None:
        first, last = _FIRST[number % len(_FIRST)], _LAST[number % len(_LAST)]
        middle = f"{number * 613 % 10_000:04d}"
        self.values = {
            "name": (f"{first} {last}", (first, last)),
            "mail": (f"{first}.{last}{middle}@example.com", (f"{first}.{last}", last)),
            "card": (_card(number), (_card(number),)),
            "phone": (f"+49 1555 01{middle}", (f"1555 01{middle}", f"155501{middle}")),
            "order": (f"902-{1_845_000 + number}-{5_435_000 + number}", (f"{1_845_000 + number}",)),
            "street": (f"{middle} {last}lane {number}", (f"{last}lane",)),
        }


PEOPLE = [Person(number) for number in range(48)]
VALUES = [value for person in PEOPLE for value, _ in person.values.values()]
TRACES = {trace.casefold() for one in PEOPLE for _, found in one.values.values() for trace in found}

ENCODINGS: dict[str, Encode] = {
    "as it is": str,
    "percent": lambda v: quote(v, safe=""),
    "every character in percent": lambda v: "".join(f"%{one:02X}" for one in v.encode()),
    "percent twice": lambda v: quote(quote(v, safe=""), safe=""),
    "percent three times": lambda v: quote(quote(quote(v, safe=""), safe=""), safe=""),
    "entities": lambda v: "".join(f"&#{ord(one)};" for one in v),
    "hexadecimal entities": lambda v: "".join(f"&#x{ord(one):x};" for one in v),
    "entity of an entity": lambda v: "".join(f"&amp;#{ord(one)};" for one in v),
    "an entity in percent": lambda v: quote("".join(f"&#{ord(one)};" for one in v)),
    "named entities": lambda v: v.replace("@", "&commat;").replace("-", "&#45;"),
    "wide": lambda v: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in v),
    "a wide at": lambda v: v.replace("@", "\uff20"),
    "mathematical digits": lambda v: "".join(
        chr(0x1D7CE + int(c)) if c.isdigit() else c for c in v
    ),
    "invisible characters": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "escapes": lambda v: "".join(f"\\u{ord(one):04x}" for one in v),
    "short escapes": lambda v: "".join(f"\\x{ord(one):02x}" for one in v),
    "percent u": lambda v: "".join(f"%u{ord(one):04X}" for one in v),
    "a written at": lambda v: v.replace("@", " [at] "),
    "quoted-printable": lambda v: v.replace("@", "=40"),
    "base64": lambda v: base64.b64encode(v.encode()).decode(),
    "base64 behind a word": lambda v: f"user-{base64.b64encode(v.encode()).decode()}",
    "base64 of another letter": lambda v: base64.b64encode(f"{v} é".encode()).decode(),
    "base64 of UTF-16": lambda v: base64.b64encode(v.encode("utf-16-le")).decode(),
    "hexadecimal": lambda v: v.encode().hex(),
    "capitals": str.upper,
}

_CALL = {
    "time": "2026-01-01T08:00:00Z", "seller_id": "A1", "application_id": "app-1",
    "credential_id": "key-1", "path": "/orders/v0/orders", "status": 200, "records": 3,
}  # fmt: skip
_TRAIL = {
    "eventTime": "2026-01-01T08:00:00Z", "recipientAccountId": "111122223333",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/etl"},
    "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
}  # fmt: skip
_ARN = "arn:aws:s3"


def call(**fields: Any) -> dict[str, Any]:
    return _CALL | fields


def trail(service: str = "s3", name: str = "GetObject", **fields: Any) -> dict[str, Any]:
    return _TRAIL | {"eventSource": f"{service}.amazonaws.com", "eventName": name} | fields


def asked(service: str, name: str, **parameters: Any) -> dict[str, Any]:
    return trail(service, name, requestParameters=parameters)


def resources(arn: str) -> dict[str, Any]:
    return trail(resources=[{"ARN": arn}])


def envoy(**fields: Any) -> dict[str, Any]:
    return {
        "start_time": "2026-01-01T08:00:00Z", "response_code": 200, "path": "/orders/v0/orders",
        "x_seller_id": "A1", "x_application_id": "app-1",
    } | fields  # fmt: skip


def nginx(**fields: Any) -> dict[str, Any]:
    return {
        "time_iso8601": "2026-01-01T08:00:00Z", "request_uri": "/orders/v0/orders",
        "remote_addr": "192.0.2.1", "http_x_seller_id": "A1", "http_x_application_id": "app-1",
        "status": "200",
    } | fields  # fmt: skip


def gateway(**fields: Any) -> dict[str, Any]:
    return {
        "requestTimeEpoch": 1767254400, "requestId": "r-1", "httpMethod": "GET", "sellerId": "A1",
        "path": "/orders/v0/orders", "applicationId": "app-1", "status": 200,
    } | fields  # fmt: skip


def ocsf(**fields: Any) -> dict[str, Any]:
    api = {"operation": "GetObject", "service": {"name": "s3.amazonaws.com"}}
    return {
        "class_uid": 6003, "time": 1767254400000, "api": api,
        "cloud": {"account": {"uid": "111122223333"}},
        "actor": {"user": {"type": "IAMUser", "uid": "arn:aws:iam::111122223333:user/etl"}},
    } | fields  # fmt: skip


def sql(text: Callable[[str], str]) -> Iterator[Place]:
    """Write a statement for each service that takes one."""
    yield lambda v: asked("athena", "StartQueryExecution", queryString=text(v))
    yield lambda v: asked("dynamodb", "ExecuteStatement", statement=text(v))
    yield lambda v: asked("rds-data", "ExecuteStatement", sql=text(v))
    yield lambda v: asked("redshift-data", "ExecuteStatement", sql=text(v))
    yield lambda v: asked("dynamodb", "BatchExecuteStatement", statements=[{"statement": text(v)}])


PLACES: dict[str, Place] = {
    "user agent": lambda v: call(user_agent=f"OrderBridge/1.0 (for {v})"),
    "agent's words": lambda v: call(user_agent=f"the script of {v}"),
    "agent after a name": lambda v: call(user_agent=f"{v} OrderBridge/1.0"),
    "agent's last name": lambda v: call(user_agent=f"{v}/1.0"),
    "agent's program": lambda v: call(user_agent=f"bot-{v.replace('-', '')} {v}/2"),
    "agent's version": lambda v: call(user_agent=f"Bot/{v}"),
    "request id": lambda v: call(request_id=v),
    "address": lambda v: call(source_ip=v),
    "address with dots": lambda v: call(source_ip=v.replace(" ", ".")),
    "path": lambda v: call(path=f"/orders/v0/orders/{v}/address"),
    "unknown path": lambda v: call(path=f"/{v}/people/{v}"),
    "query": lambda v: call(query={"BuyerEmail": v, "BuyerName": v}),
    "query text": lambda v: call(query=f"BuyerEmail={v}"),
    "record ids": lambda v: call(record_ids=[v, v]),
    "report type": lambda v: call(report_type=v.upper().replace(" ", "_")),
    "report in the query": lambda v: call(query={"reportType": v.upper().replace(" ", "_")}),
    "marketplace": lambda v: call(marketplace_id=v, country=v, method=v, grant=v),
    "network": lambda v: call(asn="".join(c for c in v if c.isdigit()) or v),
    "error": lambda v: call(status=400, errorCode=v),
    "mws": lambda v: call(path="/", query={"Action": "ListOrders", "BuyerEmail": v}),
    "mws action": lambda v: call(path="/", query={"Action": v}),
    "odd field": lambda v: call(**{v: v}),
    "envoy's agent": lambda v: envoy(user_agent=v, request_id=v),
    "envoy's address": lambda v: envoy(x_forwarded_for=f"{v}, 192.0.2.1"),
    "nginx's agent": lambda v: nginx(http_user_agent=f"Mozilla/5.0 {v}", request_id=v),
    "nginx's path": lambda v: nginx(request_uri=f"/orders/v0/orders/{v}?mail={v}"),
    "gateway's ids": lambda v: gateway(requestId=v, extendedRequestId=v, userAgent=v),
    "gateway's path": lambda v: gateway(path=f"/prod/orders/v0/orders/{v}", queryString=v),
    "bucket": lambda v: asked("s3", "GetObject", bucketName=f"orders/{v}", key=v),
    "bucket's query": lambda v: asked("s3", "GetObject", bucketName=f"orders?{v}"),
    "bucket's address": lambda v: asked("s3", "GetObject", bucketName=f"s3://orders/{v}"),
    "bucket's key": lambda v: asked("s3", "GetObject", bucketName="orders", key=f"x/{v}.csv"),
    "bucket by arn": lambda v: asked("s3", "GetObject", bucketName=f"{_ARN}:::orders/{v}"),
    "copied": lambda v: asked("s3", "CopyObject", **{"x-amz-copy-source": f"orders/{v}"}),
    "copied in percent": lambda v: asked("s3", "CopyObject", **{"x-amz-copy-source": f"o%2F{v}"}),
    "copied by arn": lambda v: asked(
        "s3", "UploadPartCopy",
        **{"x-amz-copy-source": f"{_ARN}:eu-west-1:1:accesspoint/ap/object/{v}"},
    ),
    "object": lambda v: resources(f"{_ARN}:::orders/{v}.csv"),
    "object in capitals": lambda v: resources(f"ARN:AWS:S3:::orders/{v}.csv"),
    "object in percent": lambda v: resources(f"arn%3Aaws%3As3%3A%3A%3Aorders%2F{v}"),
    "object of an access point": lambda v: resources(
        f"{_ARN}:eu-west-1:1:accesspoint/orders/object/{v}"
    ),
    "object on Outposts": lambda v: resources(
        f"{_ARN}-outposts:eu-west-1:1:outpost/op-1/bucket/orders/object/{v}"
    ),
    "access point on Outposts": lambda v: resources(
        f"{_ARN}-outposts:eu-west-1:1:outpost/op-1/accesspoint/ap/object/{v}"
    ),
    "object in Express": lambda v: resources(f"{_ARN}express:e:1:bucket/o--usw2-az1--x-s3/{v}"),
    "object of a Lambda": lambda v: resources(f"{_ARN}-object-lambda:e:1:accesspoint/o/{v}"),
    "no arn": lambda v: trail(resources=[f"orders/{v}.csv", {"ARNPrefix": v}]),
    "encryption context": lambda v: asked(
        "kms", "Decrypt", encryptionContext={"aws:s3:arn": f"{_ARN}:::orders/{v}"}
    ),
    "table": lambda v: asked("dynamodb", "GetItem", tableName=f"buyers of {v}", key={"m": v}),
    "tables": lambda v: asked("dynamodb", "BatchGetItem", requestItems={f"of {v}": {"keys": [v]}}),
    "secret": lambda v: asked("secretsmanager", "GetSecretValue", secretId=f"the key of {v}"),
    "event id": lambda v: trail(eventID=v),
    "CloudTrail's agent": lambda v: trail(userAgent=f"[bot of {v}]"),
    "CloudTrail's address": lambda v: trail(sourceIPAddress=v),
    "CloudTrail's service": lambda v: trail(
        sourceIPAddress=f"{v.replace(' ', '-')}.amazonaws.com",
        userAgent=f"{v.replace(' ', '-')}.amazonaws.com",
    ),
    "CloudTrail's error": lambda v: trail(errorCode=v, errorMessage=v),
    "answer": lambda v: trail(responseElements={"name": v}, additionalEventData={v: v}),
    "ocsf's id": lambda v: ocsf(metadata={"uid": v}, http_request={"user_agent": v}),
    "ocsf's request": lambda v: ocsf(
        api=ocsf()["api"] | {"request": {"data": json.dumps({"bucketName": f"orders/{v}"})}},
        src_endpoint={"ip": v}, status_id=2, status_detail=v,
    ),
    "EventBridge": lambda v: {"detail-type": v, "detail": resources(f"{_ARN}:::orders/{v}")},
    "LookupEvents": lambda v: {
        "Events": [{"Username": v, "CloudTrailEvent": json.dumps(trail(eventID=v, userAgent=v))}]
    },
    "CloudWatch": lambda v: {
        "logEvents": [{"message": json.dumps(asked("s3", "GetObject", bucketName=f"orders/{v}"))}]
    },
    "seller's list": lambda v: call(seller_id=[v]),
    "seller's object": lambda v: call(seller_id={v: v}),
    "no seller": lambda v: {"path": v, "time": v, "request_id": v},
    "time": lambda v: call(time=v),
    "long principal": lambda v: call(application_id=v * 200),
    "call's name": lambda v: trail(name=f"Get of {v}"),
    "call's service": lambda v: trail(service=f"of {v}"),
    "nobody": lambda v: trail(userIdentity={v: v}),
    "broken message": lambda v: {"Type": "Notification", "Message": f"{{{v}"},
    "broken data": lambda v: {"awslogs": {"data": v}},
    "anything": lambda v: {v: v},
}  # fmt: skip
STATEMENTS: dict[str, Callable[[str], str]] = {
    "literal": lambda v: f"SELECT * FROM orders WHERE buyer = '{v}'",
    "from in a literal": lambda v: f"SELECT * FROM orders WHERE note = 'it came from {v}'",
    "literal for a table": lambda v: f"SELECT * FROM '{v}'",
    "quoted table": lambda v: f'SELECT * FROM "buyers of {v}"',
    "number for a table": lambda v: f"SELECT * FROM {''.join(filter(str.isdigit, v)) or 7}",
    "from outside a literal": lambda v: f"SELECT a FROM orders WHERE x = 1 OR from {v}",
    "alias": lambda v: f'SELECT * FROM orders AS "{v}"',
    "alias of a column": lambda v: f'SELECT buyer AS "{v}" FROM orders o',
    "column": lambda v: f'SELECT "{v}" FROM orders',
    "expression": lambda v: f'WITH "{v}" AS (SELECT 1 AS a) SELECT * FROM "{v}"',
    "comment": lambda v: f"SELECT 1 /* from {v} */ FROM orders -- join {v}",
    "broken": lambda v: f"SELECT FROM FROM WHERE from {v} '{v}",
    "function": lambda v: f"SELECT * FROM TABLE(people('{v}'))",
    "values": lambda v: f"INSERT INTO orders VALUES ('{v}', '{v}')",
    "item": lambda v: f"INSERT INTO orders VALUE {{'name': '{v}'}}",
    "update": lambda v: f"UPDATE orders SET buyer = '{v}' WHERE x = 'from {v}'",
    "unloaded": lambda v: f"UNLOAD (SELECT * FROM orders WHERE b = '{v}') TO 's3://o/{v}'",
    "called": lambda v: f"CALL people('{v}')",
    "executed": lambda v: f"EXECUTE people USING '{v}'",
}
for _name, _text in STATEMENTS.items():
    for _number, _place in enumerate(sql(_text)):
        PLACES[f"statement: {_name} {_number}"] = _place


@pytest.fixture(scope="module")
def parser() -> EventParser:
    return make_parser(Settings(), "auto", KEY)


def readings(text: str) -> Iterator[str]:
    """Yield a text as anybody might read it."""
    for _ in range(6):
        yield text.casefold()
        text = unicodedata.normalize("NFKC", html.unescape(unquote(text)))
        text = text.encode().decode("unicode_escape", "ignore") if "\\u0" in text else text
        text = "".join(one for one in text if unicodedata.category(one) != "Cf")


def packed(traces: set[str]) -> Iterator[str]:
    """Yield the forms of the values that readings do not undo."""
    for value in VALUES:
        for data in (value.encode(), f"{value} é".encode(), value.encode("utf-16-le")):
            yield base64.b64encode(data).decode().casefold()
        yield value.encode().hex()
    yield from traces


ALL_TRACES = set(packed(TRACES))


def betrayed(text: str) -> set[str]:
    return {trace for one in set(readings(text)) for trace in ALL_TRACES if trace in one}


def told(items: list[Parsed]) -> str:
    return "\n".join(repr(msgspec.to_builtins(item)) for item in items)


def test_the_plan_is_wide() -> None:
    assert len(set(VALUES)) >= 200
    assert len(PLACES) * len(ENCODINGS) >= 1_000


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_event_dead_letter_or_skip_shows_a_planted_value(
    parser: EventParser, encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    encode, texts, number = ENCODINGS[encoding], [], 0
    with caplog.at_level(logging.DEBUG):
        for name, place in PLACES.items():
            # Every kind of value goes to every place; the people take turns.
            for value, _ in PEOPLE[number % len(PEOPLE)].values.values():
                for record in (place(encode(value)), msgspec.json.encode(place(encode(value)))):
                    items = parser.parse(record, source="log", position="line 1")
                    assert items, name
                    texts.append(f"{name}: {told(items)}")
            number += 1
    shown = "\n".join(texts)
    found = betrayed(shown)
    assert not found, [line for line in shown.splitlines() if betrayed(line)][:5]
    assert not betrayed(caplog.text)


def test_lines_that_are_no_records_are_not_quoted(parser: EventParser) -> None:
    lines = [form(v) for v in VALUES for form in (str, json.dumps, "{{{}}}".format)]
    items = [
        item
        for text in lines
        for item in parser.parse(text.encode(), source="log", position="line 1")
    ]
    assert not betrayed(told(items))


def test_file_names_are_not_shown(parser: EventParser, tmp_path: Path) -> None:
    for person in PEOPLE[:12]:
        for value, _ in person.values.values():
            for encode in (str, lambda v: quote(v, safe="")):
                folder = tmp_path / encode(value)
                folder.mkdir(exist_ok=True)
                (folder / f"{encode(value)}.ndjson").write_bytes(b"no record\n")
    items = list(read_events([str(tmp_path)], parser))
    assert len(items) >= 120
    assert not betrayed(told(items))
    assert any(item.source.endswith(".ndjson") for item in items if hasattr(item, "source"))


def test_a_dead_letter_names_the_same_file_the_same_way(parser: EventParser) -> None:
    one, other = parser.source_name("/var/log/jane.ndjson"), parser.source_name("/var/log/joe.gz")
    assert one == parser.source_name("/var/log/jane.ndjson") != other
    assert one.startswith("/var/log/")


def test_the_same_request_id_is_recognised_and_another_is_not(parser: EventParser) -> None:
    def event_id(record: dict[str, Any]) -> str:
        (event,) = parser.parse(record, source="log", position="line 1")
        assert isinstance(event, AccessEvent)
        return event.event_id

    assert event_id(call(request_id="a")) == event_id(call(request_id="a"))
    assert event_id(call(request_id="a")) != event_id(call(request_id="b"))
    issued = "2d6a1f3e-4b5c-4d7e-8f90-a1b2c3d4e5f6"
    assert event_id(trail(eventID=issued)) == issued
    assert event_id(call(request_id=issued)) != issued


def forged(record: dict[str, Any], number: int) -> dict[str, Any]:
    """Write personal data wherever a record of the account can carry it."""
    value = VALUES[number % len(VALUES)]
    encode = list(ENCODINGS.values())[number % len(ENCODINGS)]
    text = encode(value)
    if "eventSource" in record:
        parameters = dict(record.get("requestParameters") or {}) | {"note": text}
        if "bucketName" in parameters:
            parameters["bucketName"] = f"{parameters['bucketName']}/{text}"
        agent = f"{record.get('userAgent')} ({text})"
        return record | {
            "requestParameters": parameters, "userAgent": agent, "responseElements": {text: text},
        }  # fmt: skip
    agent = f"{record.get('user_agent')} ({text})"
    return record | {"user_agent": agent, "request_id": f"{record.get('request_id')} {text}"}


@pytest.fixture(scope="module")
def incidents(account: Account, honest_pages: set[str]) -> list[Incident]:
    records = [forged(record, number) for number, record in enumerate(account.records)]
    found = account.detect(account.parse(records))
    assert account.paged(found) == honest_pages
    return found


def test_no_incident_or_finding_shows_a_planted_value(incidents: list[Incident]) -> None:
    text = b"\n".join(msgspec.json.encode(incident) for incident in incidents).decode()
    assert not betrayed(text)
    assert not betrayed(json.dumps([detection_finding(incident) for incident in incidents]))


def test_no_alert_or_metric_shows_a_planted_value(incidents: list[Incident]) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    collector, registry = IncidentCollector(top=500), CollectorRegistry()
    registry.register(collector)
    alerts = []
    for incident in incidents:
        collector.update(incident)
        shown = OpenIncident.of(incident, 0.0)
        alerts.append(alert_message(shown, LinkSettings(), {}, now, timedelta(minutes=3)))
    assert any(alert["annotations"] for alert in alerts)
    assert not betrayed(json.dumps(alerts))
    assert not betrayed(generate_latest(registry).decode())


def test_no_page_shows_a_planted_value(incidents: list[Incident]) -> None:
    pages, common = Pages(), {"person": "alice", "has_login": True, "is_replayed": False}
    form = {"form_field": "f", "form_token": "t", "size_field": "s", "may_judge": True}
    shown = [
        pages.render(
            "incident.html",
            page=incident_page(incident, None, incident.updated_at),
            desk=DeskView(response_commands(incident, incident.updated_at), None),
            now=incident.updated_at,
            **common,
            **form,
        )
        for incident in incidents
    ]
    assert shown
    assert not betrayed("\n".join(shown))
