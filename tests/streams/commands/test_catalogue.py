import json
import subprocess
import sys
from pathlib import Path

from models.domain.data_class import DataClass
from models.domain.sensitivity import Sensitivity
from streams.catalogue.resource_file import read_resource_file


def import_macie(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "streams", "catalogue", "import-macie", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def finding(bucket: str, category: str, kind: str) -> dict[str, object]:
    result = {"sensitiveData": [{"category": category, "detections": [{"type": kind}]}]}
    return {
        "resourcesAffected": {"s3Bucket": {"name": bucket}},
        "classificationDetails": {"result": result},
    }


def test_findings_become_a_resource_file(tmp_path: Path) -> None:
    output = tmp_path / "macie.yaml"
    output.write_text("resources: {s3:old: {data_classes: [none]}}")
    findings = [
        finding("supplier-lake", "PERSONAL_INFORMATION", "NAME"),
        finding("supplier-lake", "FINANCIAL_INFORMATION", "CREDIT_CARD_NUMBER"),
        {"resourcesAffected": {"s3Bucket": {"name": "open"}}},
    ]
    source = tmp_path / "findings.json"
    source.write_text(json.dumps({"findings": findings}, indent=2))
    done = import_macie(str(source), "--output", str(output))
    assert done.stdout == f"3 findings read; 1 buckets with sensitive data in {output}\n"
    assert read_resource_file(output).resources == {
        "s3:old": Sensitivity(data_classes=(DataClass.NONE,)),
        "s3:supplier-lake": Sensitivity(
            data_classes=(DataClass.CUSTOMER, DataClass.PAYMENT, DataClass.SUPPLIER),
            restricted=True,
        ),
    }


def test_a_wrong_line_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    output = tmp_path / "macie.yaml"
    lines = json.dumps(finding("a", "CREDENTIALS", "JSON_WEB_TOKEN")) + '\n{"a": 1}\n'
    done = import_macie("-", "--output", str(output), stdin=lines)
    assert done.returncode == 2
    assert "line 2: not a Macie finding" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not output.exists()


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    output = str(tmp_path / "macie.yaml")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name, reason in (("no.json", "No such file"), ("binary", "not UTF-8")):
        done = import_macie(str(tmp_path / name), "--output", output)
        assert (done.returncode, reason in done.stderr) == (2, True)
        assert len(done.stderr.splitlines()) == 1
