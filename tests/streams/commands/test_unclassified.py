import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.catalogue.catalogue_files import load_catalogue


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "streams", "catalogue", "unclassified", *arguments],
        input=stdin, capture_output=True, text=True, check=False,
        # Numbers of objects are estimates, and depend on the key.
        env=os.environ | {"SELLERWATCH_SOURCES__REDACTION_KEY": "ab" * 32},
    )  # fmt: skip


def call(second: int, source: str, name: str, parameters: dict[str, Any], user: str = "bi") -> str:
    record = {
        "eventTime": f"2026-01-01T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z",
        "eventID": f"00000000-0000-4000-8000-{second:012x}",
        "eventSource": f"{source}.amazonaws.com", "eventName": name,
        "recipientAccountId": "111122223333", "requestParameters": parameters,
        "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::111122223333:user/{user}"},
        "additionalEventData": {"bytesTransferredOut": 100},
    }  # fmt: skip
    return json.dumps(record)


def request(second: int, path: str, records: int) -> str:
    return json.dumps(
        {"time": f"2026-01-01T00:00:{second:02}Z", "request_id": f"r{second}", "seller_id": "A1",
         "application_id": "erp", "method": "GET", "path": path, "status": 200,
         "records": records}
    )  # fmt: skip


def a_log(folder: Path) -> Path:
    """Write a day: a bucket of buyers, one of noise, tables and a path that nobody knows."""
    query = {"queryExecutionContext": {"database": "lake7"}}
    columns = [{"name": "Lieferant_EMail"}, {"name": "iban"}, {"name": "colour"}]
    described = {"name": "t9", "storageDescriptor": {"columns": columns}}
    lines = [
        *(call(n, "s3", "GetObject", {"bucketName": "x7f3", "key": f"Jane/clientes-{n}.csv"},
               "eve" if n < 90 else "bob") for n in range(120)),
        *(call(200 + n, "s3", "GetObject", {"bucketName": "q0-9", "key": f"{n}.bin"})
          for n in range(40)),
        *(call(300 + n, "s3", "GetObject", {"bucketName": "acme-orders", "key": f"{n}"})
          for n in range(9)),
        call(400, "glue", "CreateTable", {"databaseName": "lake9", "tableInput": described}),
        *(call(410 + n, "athena", "StartQueryExecution",
               {"queryString": "SELECT * FROM t9", "queryExecutionContext": {"database": "lake9"}})
          for n in range(5)),
        call(420, "athena", "StartQueryExecution", query | {"queryString": "SELECT * FROM t7"}),
        *(request(n, "/internal/dump/Jane", 50) for n in range(3)),
    ]  # fmt: skip
    path = folder / "day.ndjson"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_list_says_how_much_is_read_by_whom_and_proposes_classes(tmp_path: Path) -> None:
    done = run(str(a_log(tmp_path)), "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = {row["resource"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert list(rows) == ["x7f3", "q0-9", "lake9", "GET /{}/{}/{}", "lake7"]
    bucket = rows["x7f3"]
    assert (bucket["reads"], bucket["bytes"], bucket["readers"]) == (120, 12_000, 2)
    assert 100 <= bucket["objects"] <= 140
    assert (bucket["largest_reader"][-3:], bucket["largest_share"]) == ("eve", 0.75)
    assert bucket["first_seen"] == "2026-01-01T00:00:00Z"
    assert bucket["last_seen"] == "2026-01-01T00:01:59Z"
    assert rows["GET /{}/{}/{}"]["records"] == 150
    proposed = {name: row["proposed"] for name, row in rows.items()}
    assert proposed == {
        "x7f3": ["customer"], "q0-9": [], "lake9": ["customer", "payment", "supplier"],
        "GET /{}/{}/{}": [], "lake7": [],
    }  # fmt: skip


def test_nothing_personal_is_shown(tmp_path: Path) -> None:
    log = str(a_log(tmp_path))
    shown = run(log).stdout + run(log, "--format", "json").stdout
    assert "x7f3" in shown
    assert not any(word in shown.lower() for word in ("jane", "clientes", "iban", "colour"))


def test_the_printed_lines_classify_what_they_name(tmp_path: Path) -> None:
    log = a_log(tmp_path)
    done = run(str(log))
    table, _, lines = done.stdout.partition("\n\n")
    assert table.splitlines()[1].split()[:3] == ["s3", "x7f3", "120"]
    mine, settings = tmp_path / "mine.yaml", tmp_path / "settings.yaml"
    mine.write_text(lines)
    settings.write_text(f"catalogue: {{resource_files: [{mine}]}}\n")
    known = load_catalogue(resource_files=[mine])
    read = known.aws("s3.amazonaws.com", "GetObject", "x7f3")
    assert [str(one) for one in read.data_classes] == ["customer"]
    left = run(str(log), "--format", "json", "--config", str(settings)).stdout.splitlines()
    assert [json.loads(row)["resource"] for row in left] == ["q0-9", "GET /{}/{}/{}", "lake7"]
    chosen = yaml.safe_load(lines)
    chosen["paths"] = {"GET /internal/dump/{}": {"data_classes": ["supplier"]}}
    chosen["resources"]["s3:q0-9"] = {"data_classes": ["none"]}
    mine.write_text(yaml.safe_dump(chosen))
    left = run(str(log), "--format", "json", "--config", str(settings)).stdout.splitlines()
    assert [json.loads(row)["resource"] for row in left] == ["lake7"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["no-such.log"], "no-such.log: no such file or folder"),
        (["-", "--format", "xml"], "--format xml: unknown: choose table or json"),
        (["-", "--input-format", "xml"], "--format xml: unknown: choose one of"),
    ],
)
def test_what_is_wrong_is_one_line(arguments: list[str], expected: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert expected in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_cannot_be_read_is_counted_and_the_rest_is_listed(tmp_path: Path) -> None:
    log = a_log(tmp_path)
    done = run("-", "--rows", "1", stdin="no json\n" + log.read_text())
    assert done.returncode == 0
    assert "1 dead letter" in done.stderr
    assert "5 unclassified resources; --rows 5 lists all" in done.stderr
    assert "q0-9" not in done.stdout


def test_a_log_without_unclassified_reads_lists_nothing() -> None:
    done = run("-", stdin=call(1, "s3", "GetObject", {"bucketName": "orders", "key": "a"}))
    assert done.stdout.splitlines()[1:] == []
    assert "0 unclassified resources" in done.stderr
