"""Whoever sends bytes that no JSON text may hold hides no call, and no line that cannot be read."""

import base64
import gzip
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from account import KEY, Account
from hostile_inputs import HONEST, TRAIL
from test_personal_data import VALUES, betrayed, told

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.sources.files.file_head import FileHead
from streams.sources.files.followed_file import FollowedFile
from streams.sources.files.read_events import read_events
from streams.sources.formats.event_parser import EventParser, Parsed
from streams.sources.formats.s3_notice import S3Object, objects_of

Record = dict[str, Any]
Proxy = Callable[[bytes], bytes]
# Stands for what the client sends; nothing else in a line looks like it.
MARK = b"#client#"

# What a client may put into a header or the request's line.
SENT: dict[str, bytes] = {
    "no byte of UTF-8": b"\xff",
    "many of them": b"\xfe\xff" * 40,
    "overlong slash": b"\xc0\xaf",
    "overlong quote": b"\xe0\x80\xa2",
    "half of a pair": b"\xed\xa0\x80",
    "a pair of halves": b"\xed\xa0\xbd\xed\xb8\x80",
    "beyond the last character": b"\xf4\x90\x80\x80",
    "a cut character": b"\xe2\x82",
    "Latin-1": "caf\xe9".encode("latin-1"),
    "byte order mark": b"\xef\xbb\xbf",
    "another byte order mark": b"\xff\xfe",
    "line separator": "\u2028\u2029\x85".encode(),
    "a quote": b'"',
    "a quote that ends the field": b'","path":"/","status":"404","x":"',
    "a quote that ends the record": b'"}{"x":"',
    "a backslash": b"\\",
    "a quote after raw bytes": b'\xff\xc3","path":"/","status":404,"x":"\xe2',
    "escapes": rb"\x22\q\ud800\u12\377",
    "tabs and controls": b"\t\x01\x1b\x7f",
    "other white space": b"\x0b\x0c\x1c\x85",
}
# How whatever writes the log spells a string; not all of it is JSON.
RAW = b'\\"'


def nginx_json(sent: bytes) -> bytes:
    """Escape as NGINX does with escape=json: quotes, backslashes and what is below a space."""
    short = {8: b"\\b", 9: b"\\t", 10: b"\\n", 12: b"\\f", 13: b"\\r", 34: b'\\"', 92: b"\\\\"}
    return b"".join(short.get(one, b"\\u%04X" % one if one < 32 else bytes([one])) for one in sent)


def nginx_default(sent: bytes) -> bytes:
    """Escape as NGINX does without it."""
    return b"".join(
        b"\\x%02X" % one if one < 32 or one > 126 or one in RAW else bytes([one]) for one in sent
    )


def envoy(sent: bytes) -> bytes:
    """Escape as Envoy does: JSON, but octal numbers if the string is not UTF-8."""
    try:
        return json.dumps(sent.decode(), ensure_ascii=False)[1:-1].encode()
    except UnicodeDecodeError:
        return b"".join(
            b"\\%03o" % one if one < 32 or one > 126 or one in RAW else bytes([one]) for one in sent
        )


def python(sent: bytes) -> bytes:
    """Escape as Python does; bytes of no text become halves of pairs."""
    return json.dumps(sent.decode("utf-8", "surrogateescape"))[1:-1].encode()


PROXIES: dict[str, Proxy] = {
    "NGINX": nginx_json, "NGINX without escape=json": nginx_default, "Envoy": envoy,
    "Python": python,
}  # fmt: skip
FIELDS = ("user_agent", "path", "query", "request_id")
CLIENT_FIELDS = {
    "NGINX": {
        "user_agent": "http_user_agent", "path": "request_uri", "query": "args",
        "request_id": "request_id",
    },
    "Envoy": {field: field for field in FIELDS},
}  # fmt: skip
EVENTS = {
    "NGINX": {
        "time_iso8601": "2026-01-01T08:00:00+00:00", "request_id": "5f2c",
        "remote_addr": "192.0.2.10", "request_method": "GET", "request_uri": "/orders/v0/orders",
        "status": "200", "body_bytes_sent": "48211", "http_user_agent": "OrderBridge/3.1",
        "sent_http_x_seller_id": "A1", "application_id": "CN=app-1", "credential_id": "7F3A",
    },
    "Envoy": {
        "start_time": "2026-01-01T08:00:00Z", "request_id": "5f2c", "method": "GET",
        "path": "/orders/v0/orders", "response_code": 200, "bytes_sent": 48211,
        "downstream_direct_remote_address_without_port": "192.0.2.10",
        "user_agent": "OrderBridge/3.1", "jwt_seller_id": "A1", "jwt_client_id": "CN=app-1",
        "jwt_key_id": "7F3A",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def parser() -> EventParser:
    return make_parser(Settings(), "auto", KEY)


def add(record: Record, field: str, kind: str) -> Record:
    """Write the mark into a field of a log that a client fills."""
    name, mark = CLIENT_FIELDS[kind][field], MARK.decode()
    before = str(record.get(name, ""))
    if field == "path":
        return record | {name: f"{before}{'&' if '?' in before else '?'}x={mark}"}
    return record | {name: f"x={mark}" if field == "query" else f"{before} {mark}"}


def line(record: Record, proxy: Proxy, sent: bytes) -> bytes:
    written = json.dumps(record, separators=(",", ":")).encode()
    assert MARK in written
    return written.replace(MARK, proxy(sent))


def parsed(parser: EventParser, data: bytes) -> Parsed:
    (item,) = parser.parse(data, source="log", position="line 1")
    return item


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("kind", EVENTS)
@pytest.mark.parametrize("sent", SENT)
def test_what_the_recipes_write_is_read(
    parser: EventParser, kind: str, field: str, sent: str
) -> None:
    proxies = [PROXIES[name] for name in PROXIES if name.startswith(kind)]
    honest = parsed(parser, json.dumps(EVENTS[kind]).encode())
    assert isinstance(honest, AccessEvent)
    for proxy in proxies:
        event = parsed(parser, line(add(EVENTS[kind], field, kind), proxy, SENT[sent]))
        assert isinstance(event, AccessEvent), event
        for name in ("time", "tenant", "principal", "operation", "data_classes", "outcome"):
            assert getattr(event, name) == getattr(honest, name)
        assert (event.bytes, event.records) == (honest.bytes, honest.records)
        # Everything downstream takes it.
        msgspec.json.encode(event)


def forged(record: Record, field: str) -> Record:
    """Let a thief write into a field of the account's log."""
    mark = MARK.decode()
    if "eventSource" in record:
        parameters = dict(record.get("requestParameters") or {})
        return (
            record
            | {
                "user_agent": {"userAgent": f"{record.get('userAgent')} {mark}"},
                "path": {"requestParameters": parameters | {"note": mark}},
                "query": {"requestParameters": parameters | {mark: "x"}},
                "request_id": {"requestID": mark},
            }[field]
        )
    if field == "query":
        query = record.get("query")
        if isinstance(query, dict):
            return record | {"query": query | {"x": mark}}
        return record | {"query": f"{query}&x={mark}" if query else f"x={mark}"}
    if field == "path":
        return record if record.get("query") else add(record, "path", "Envoy")
    return add(record, field, "Envoy")


def written(account: Account, proxy: Proxy, sent: list[bytes]) -> Iterable[bytes]:
    """Write the account's log; a thief's lines take turns in fields and bytes."""
    thieves = {name for attack in account.attacks for name in attack.event_ids}
    number = 0
    for record in account.records:
        data = json.dumps(record).encode()
        if (record.get("request_id") or record.get("eventID")) in thieves:
            marked = json.dumps(forged(record, FIELDS[number % len(FIELDS)])).encode()
            data = marked.replace(MARK, proxy(sent[number % len(sent)]))
            number += 1
        yield data


def pages(account: Account, path: Path) -> set[str]:
    items = list(read_events([str(path)], make_parser(Settings(), "auto", KEY)))
    assert not [item for item in items if isinstance(item, DeadLetter)]
    return account.paged(account.detect(item for item in items if isinstance(item, AccessEvent)))


@pytest.mark.parametrize("proxy", PROXIES)
def test_no_page_is_lost(
    account: Account, honest_pages: set[str], proxy: str, tmp_path: Path
) -> None:
    path = tmp_path / "log.ndjson"
    lines = written(account, PROXIES[proxy], list(SENT.values()))
    path.write_bytes(b"\n".join(lines) + b"\n")
    assert pages(account, path) == honest_pages


def as_written(sent: bytes) -> bytes:
    return sent


def test_no_page_is_lost_in_a_log_that_escapes_nothing_below_a_space(
    account: Account, honest_pages: set[str], tmp_path: Path
) -> None:
    """Lines end as on Windows, each begins with a mark of its own, and a zero byte is one more."""
    path = tmp_path / "log.ndjson"
    sent = [b"\0", b"\x01\x02", b"\t", b"\r", b"\x1b[2K", b"\xff\0\xfe", "\u2028".encode()]
    lines = written(account, as_written, sent)
    path.write_bytes(b"".join(b"\xef\xbb\xbf" + one + b"\r\n" for one in lines))
    assert pages(account, path) == honest_pages


NUMBERS = ("NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "9" * 5000, "-" + "9" * 5000)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_nobody_can_hold_costs_itself_only(parser: EventParser, number: str) -> None:
    for field in ("response_bytes", "records", "unknown", "asn"):
        data = json.dumps(HONEST | {field: "#"}).replace('"#"', number).encode()
        event = parsed(parser, data)
        assert isinstance(event, AccessEvent), event
        assert event.operation == "getOrders"
        assert field == "unknown" or getattr(event, field.replace("response_", "")) is None


def test_of_a_key_that_is_there_twice_the_last_counts_whatever_else_is_wrong(
    parser: EventParser,
) -> None:
    twice = json.dumps(HONEST)[:-1] + ', "status": 403, "user_agent": "#"}'
    for agent in ("Bot/1", r"\q", "\\ud800", "\t"):
        event = parsed(parser, twice.replace("#", agent).encode())
        assert isinstance(event, AccessEvent)
        assert event.outcome == "denied"


ODD = json.dumps(HONEST | {"user_agent": "Bot/1 #"}).encode().replace(b"#", b"\xff\\x22\\q")


def envelopes() -> dict[str, bytes]:
    text = ODD.decode("latin-1")
    message = json.dumps({"messageType": "DATA_MESSAGE", "logEvents": [{"message": text}]})
    data = base64.b64encode(gzip.compress(message.encode())).decode()
    packed = base64.b64encode(ODD).decode()
    return {
        "CloudWatch": message.encode(),
        "CloudWatch in Lambda": json.dumps({"awslogs": {"data": data}}).encode(),
        "Kinesis": json.dumps({"Records": [{"kinesis": {"data": packed}}]}).encode(),
        "Firehose": ODD + ODD,
        "Firehose with line breaks": ODD + b"\n" + ODD,
        "a list": b'{"Records": [' + ODD + b"," + ODD + b"]}",
        "SNS": json.dumps({"Type": "Notification", "Message": text}).encode(),
        "marked message": json.dumps({"logEvents": [{"message": "\ufeff" + text}]}).encode(),
    }


@pytest.mark.parametrize("name", envelopes())
def test_it_is_read_in_every_envelope(parser: EventParser, name: str) -> None:
    items = parser.parse(envelopes()[name], source="log", position="line 1")
    assert items
    assert all(isinstance(item, AccessEvent) for item in items), items


def test_a_long_document_loses_no_record(parser: EventParser, tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    count = 2 * parser.record_limit_bytes // len(ODD)
    records = [ODD.replace(b"r-honest", b"r-%d" % n) for n in range(count)]
    path.write_bytes(b'{"Records": [' + b",".join(records) + b"]}")
    items = list(read_events([str(path)], parser))
    assert [type(item) for item in items] == [AccessEvent] * count


@pytest.mark.parametrize("start", [b"", b'{"Records": [{}]}\n'])
def test_a_followed_file_reads_its_last_line(
    parser: EventParser, tmp_path: Path, start: bytes
) -> None:
    path = tmp_path / "log.ndjson"
    path.write_bytes(start + ODD + b"\n" + ODD)
    file = FollowedFile(path, FileHead("f", 0.0, False), len(start), parser)
    found = [item for item, _ in file.read() + file.read()]
    assert [type(item) for item in found] == [AccessEvent] * 2


def test_an_object_is_found_by_a_notice_with_odd_bytes() -> None:
    notice = b'{"s3Bucket": "logs", "s3ObjectKey": ["a.json"], "x": "\xff\\q"}'
    assert objects_of(notice) == [S3Object("logs", "a.json")]


def test_what_cannot_be_read_is_a_dead_letter(parser: EventParser) -> None:
    whole = json.dumps(TRAIL).encode()
    utf16 = whole.decode().encode("utf-16")
    for data in (whole[:-1], b"\xff", b"\xef\xbb\xbf", utf16, b'{"a": \xff}', rb'{"a": \x22}'):
        letter = parsed(parser, data)
        assert isinstance(letter, DeadLetter)
        assert letter.reason == "not JSON"
        assert letter.size_bytes == len(data)
        assert letter.digest == SubjectHasher(KEY).digest(data)


PLANTED = ("user_agent", "request_id", "path", "query", "report_type", "credential_id", "country")
INSERTED = (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\0", b"\x01", rb"\xFF", rb"\377", rb"\ud800")


@pytest.mark.parametrize("inserted", INSERTED)
def test_odd_bytes_hide_no_personal_data(parser: EventParser, inserted: bytes) -> None:
    for number, value in enumerate(VALUES):
        field = PLANTED[number % len(PLANTED)]
        # A credential shows its words; what has a form of its own goes from everywhere.
        if field == "credential_id" and sum(map(str.isdigit, value)) < 10 and "@" not in value:
            continue
        half = len(value) // 2
        for parts in ((value[:half], value[half:]), tuple(value), (value, "")):
            text = f"/{MARK.decode()}/people" if field == "path" else MARK.decode()
            planted = inserted.join(part.encode() for part in parts)
            data = json.dumps(HONEST | {field: text}).encode().replace(MARK, planted)
            item = parsed(parser, data)
            assert isinstance(item, AccessEvent)
            # The digits of a digest are nobody's.
            shown = told([msgspec.structs.replace(item, content=1)])
            for unseen in ("", "\ufffd", "\\x00", "\\x01"):
                assert not betrayed(shown.replace(unseen, "") if unseen else shown), shown
