"""Small inputs that unfold to gigabytes, made when they are needed and never stored."""

import base64
import gzip
import io
import json
import zlib
from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from streams.sources.formats.compression import zstd

MEBIBYTE: Final = 1 << 20
HONEST: Final = {
    "time": "2026-01-01T00:00:00Z", "request_id": "r-honest", "seller_id": "A1",
    "application_id": "app", "path": "/orders/v0/orders", "status": 200, "response_bytes": 9,
}  # fmt: skip
TRAIL: Final = {
    "eventTime": "2026-01-01T00:00:00Z", "eventID": "e-1", "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject", "recipientAccountId": "111122223333",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/etl"},
}  # fmt: skip


def packed(start: bytes, unit: bytes, count: int, end: bytes) -> bytes:
    """Compress a long repetition without ever holding it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunk = unit * max(1, MEBIBYTE // len(unit))
    size = len(chunk) // len(unit)
    parts = [packer.compress(start)]
    parts += [packer.compress(chunk) for _ in range(count // size)]
    parts += [packer.compress(unit * (count % size)), packer.compress(end), packer.flush()]
    return b"".join(parts)


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


def subscription(messages: list[str]) -> bytes:
    events = [{"id": "1", "message": message} for message in messages]
    return json.dumps({"messageType": "DATA_MESSAGE", "logEvents": events}).encode()


def cloudwatch_of_nothing() -> bytes:
    """87 KB of one line that were 22 million dead letters and 7 GB."""
    logs = packed(b'{"messageType":"DATA_MESSAGE","logEvents":[1', b",1", 22_000_000, b"]}")
    return line({"awslogs": {"data": text(logs)}})


def gzip_of_objects() -> bytes:
    """257 KB of gz that were 9.7 GB."""
    return packed(b"[{}", b",{}", 88_000_000, b"]")


def gzip_of_records() -> bytes:
    return packed(b'{"Records":[{}', b',{"a":[],"b":{}}', 16_000_000, b"]}")


def gzip_of_one_text() -> bytes:
    return packed(b'{"Records":["', b"x", 400_000_000, b'"]}')


def gzip_never_closed() -> bytes:
    return packed(b"[", b"[", 200_000_000, b"")


def gzip_of_empty_lines() -> bytes:
    return packed(b"", b"\n", 10_000_000, b"")


def gzip_of_bad_lines() -> bytes:
    return packed(b"", b"x\n", 200_000, b"")


def members() -> bytes:
    """Many gz streams, one after another."""
    return packed(b"", b"\n", 2 * MEBIBYTE, b"") * 100


def zstd_of_objects() -> bytes:
    packer = zstd.ZstdCompressor(level=3)
    chunk = b",{}" * MEBIBYTE
    parts = [packer.compress(b"[{}"), *[packer.compress(chunk) for _ in range(60)]]
    return b"".join([*parts, packer.compress(b"]"), packer.flush()])


def zstd_of_a_wide_window() -> bytes:
    options = {zstd.CompressionParameter.window_log: 31}
    packer = zstd.ZstdCompressor(options=options)
    chunk = b"\n" * (4 * MEBIBYTE)
    return b"".join([*[packer.compress(chunk) for _ in range(150)], packer.flush()])


def gzip_inside_envelopes() -> bytes:
    """A gz in a CloudWatch message in a Kinesis record in a Lambda event."""
    inner = packed(b"[1", b",1", 30_000_000, b"]")
    for _ in range(3):
        inner = gzip.compress(json.dumps({"awslogs": {"data": text(inner)}}).encode())
    return line({"Records": [{"kinesis": {"data": text(inner)}}] * 8})


def many_small_bombs() -> bytes:
    """Each is within the limit; together they are not."""
    bomb = text(packed(b"[1", b",1", 3_000_000, b"]"))
    return line({"Records": [{"kinesis": {"data": bomb}} for _ in range(60)]})


def gzip_of_concatenated_documents() -> bytes:
    return line({"awslogs": {"data": text(packed(b"{}", b"{}", 4_000_000, b""))}})


def wide_line() -> bytes:
    return b"[" + b"{}," * 340_000 + b"{}]\n"


def concatenated_line() -> bytes:
    return b"{}" * 500_000 + b"\n"


def empty_lists() -> bytes:
    return b'{"Records":[' + b"[]," * 340_000 + b"[]]}\n"


def nested(depth: int, opened: bytes, closed: bytes, inside: bytes = b"1") -> bytes:
    return opened * depth + inside + closed * depth + b"\n"


def deep_lists() -> bytes:
    return nested(400, b"[", b"]")


def deep_objects() -> bytes:
    return nested(400, b'{"a":', b"}")


def very_deep_lists() -> bytes:
    return nested(400_000, b"[", b"]")


def deep_lower_cased() -> bytes:
    inside = json.dumps(TRAIL)[1:-1].lower().encode()
    deep = nested(400, b'{"useridentity":', b"}", b"{}").strip()
    return b"{" + inside + b',"requestparameters":' + deep + b"}\n"


def deep_in_a_field() -> bytes:
    deep = json.loads(nested(400, b"[", b"]"))
    return line(
        {**HONEST, "request_id": "r-2", "query": {"x": deep}, "record_ids": deep, "path": "/x"}
    )


def deep_in_a_name() -> bytes:
    deep = json.loads(nested(400, b"[", b"]"))
    return line({**TRAIL, "requestParameters": {"bucketName": deep}})


def deep_in_a_text() -> bytes:
    return line({"Message": json.dumps({"CloudTrailEvent": deep_objects().decode()})})


def deep_texts() -> bytes:
    value: Any = TRAIL
    for _ in range(14):
        value = {"Message": json.dumps(value)}
    return line(value)


def deep_in_a_request() -> bytes:
    request = {"data": deep_objects().decode()}
    api = {"operation": "GetObject", "service": {"name": "s3.amazonaws.com"}, "request": request}
    return line({"class_uid": 6003, "time": 1767225600000, "api": api})


def deep_document() -> bytes:
    return b'{"Records":[\n' + deep_lists().strip() + b",\n" + line(TRAIL).strip() + b"]}\n"


def deep_sql() -> bytes:
    statement = "select " + "(" * 3000 + "1" + ")" * 3000
    return line({**TRAIL, "eventName": "ExecuteStatement", "eventSource": "dynamodb.amazonaws.com",
                 "requestParameters": {"statement": statement}})  # fmt: skip


def huge_numbers() -> bytes:
    return b'{"time":' + b"9" * 900_000 + b"}\n" + b'{"time":1' + b"0" * 5000 + b".5e99999}\n"


def huge_keys() -> bytes:
    return line({f"{n}{'k' * 900}": n for n in range(1000)}) + line({"k" * 1_000_000: 1})


def huge_texts() -> bytes:
    return line({**HONEST, "path": "/" + "%25" * 300_000, "user_agent": "(" * 900_000})


def parquet(table: pa.Table, **options: Any) -> bytes:
    target = io.BytesIO()
    pq.write_table(table, target, compression="zstd", **options)
    return target.getvalue()


def parquet_of_one_long_text() -> bytes:
    """A dictionary of one long text, named by every row."""
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 3500, pa.int32()), ["x" * MEBIBYTE])
    return parquet(pa.table({"text": column}))


def parquet_of_nothing() -> bytes:
    """Rows that need no bytes."""
    return parquet(pa.table({"a": pa.nulls(60_000_000, pa.int8())}))


def parquet_of_one_page() -> bytes:
    """A page of half a gigabyte of one letter."""
    column = pa.array([b"x" * (60 * MEBIBYTE)] * 9, pa.large_binary())
    return parquet(pa.table({"text": column}), use_dictionary=False)


def parquet_of_a_long_list() -> bytes:
    numbers = pa.array(range(0), pa.int8())
    numbers = pa.concat_arrays([numbers, pa.nulls(50_000_000, pa.int8()).fill_null(1)])
    offsets = pa.array([0, len(numbers)], pa.int32())
    return parquet(pa.table({"a": pa.ListArray.from_arrays(offsets, numbers)}))


def parquet_of_deep_lists(depth: int = 400) -> bytes:
    kind: pa.DataType = pa.int8()
    array: pa.Array = pa.array([1], kind)
    for _ in range(depth):
        array = pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), array)
    return parquet(pa.table({"a": array}))


def parquet_of_deep_structs() -> bytes:
    array: pa.Array = pa.array([1], pa.int8())
    for _ in range(150):
        array = pa.StructArray.from_arrays([array], ["a"])
    return parquet(pa.table({"a": array}))


def parquet_of_many_columns() -> bytes:
    return parquet(pa.table({f"c{n}": pa.array([1], pa.int8()) for n in range(20_000)}))


def parquet_with_a_torn_footer() -> bytes:
    whole = bytearray(parquet(pa.table({"a": ["x" * 1000] * 1000})))
    for place in range(len(whole) - 200, len(whole) - 8, 3):
        whole[place] ^= 0x5A
    return bytes(whole)


# A name for the file, and what is in it.
INPUTS: Final[dict[str, Callable[[], bytes]]] = {
    make.__name__: make
    for make in (
        cloudwatch_of_nothing, gzip_of_objects, gzip_of_records, gzip_of_one_text,
        gzip_never_closed, gzip_of_empty_lines, gzip_of_bad_lines, members, zstd_of_objects,
        zstd_of_a_wide_window, gzip_inside_envelopes, many_small_bombs,
        gzip_of_concatenated_documents, wide_line, concatenated_line, empty_lists, deep_lists,
        deep_objects, very_deep_lists, deep_lower_cased, deep_in_a_field, deep_in_a_name,
        deep_in_a_text,
        deep_texts, deep_in_a_request, deep_document, deep_sql, huge_numbers, huge_keys,
        huge_texts, parquet_of_one_long_text, parquet_of_nothing, parquet_of_one_page,
        parquet_of_a_long_list, parquet_of_deep_lists, parquet_of_deep_structs,
        parquet_of_many_columns, parquet_with_a_torn_footer,
    )
}  # fmt: skip
