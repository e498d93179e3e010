import re
import shutil
import subprocess
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.incidents.incident import Incident
from streams.exposure.exposure_count import ExposureCount
from streams.exposure.exposure_report import ExposureReport, exposure_report
from streams.exposure.period import Period
from streams.exposure.policy_controls import Facts
from streams.exposure.report_pdf import plain, report_pdf

AT = datetime(2026, 1, 8, tzinfo=UTC)
HOSTILE = [
    "<script>alert(1)</script>", "**bold** [x](https://evil.example)", "app\u202egnp.exe",
    "app\x1b[2J", "кот", "a" * 4000, ") Tj ET Q (", "\\", "\ud800", "missing", "",
]  # fmt: skip


def made(facts: Facts, make_event, incidents=(), names=("app-1",), **changes) -> ExposureReport:
    count = ExposureCount(Period.parse("2026-01-01", "2026-01-07"))
    for name in names:
        count.add(make_event(principal=name))
    values = {"made_at": AT, "made_by": "alice", "source": "log files"} | changes
    return exposure_report(count, incidents, facts, **values)


def text_of(data: bytes) -> str:
    streams = re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL)
    drawn = b"".join(zlib.decompress(one) for one in streams if one.startswith(b"\x78"))
    return drawn.decode("latin-1")


def test_it_says_who_read_what_from_where(
    facts: Facts, make_event, make_incident: Callable[..., Incident]
) -> None:
    report = made(facts, make_event, [make_incident(opened_at=AT.replace(day=3))])
    text = text_of(report_pdf(report))
    for said in (
        "1 principal read 50 records of sensitive data; somebody was paged once.",
        "customer: 50 records in 1 call", "192.0.2.0/24 DE", "the ERP app-1",
        "Alarm on reads of canary records", "missing", "3 Jan 2026 00:00 UTC",
    ):  # fmt: skip
        assert said in re.sub(r"\) Tj.*?\(", " ", text, flags=re.DOTALL), said


def test_the_same_report_gives_the_same_bytes(facts: Facts, make_event) -> None:
    report = made(facts, make_event)
    assert report_pdf(report) == report_pdf(report)


def test_a_strangers_name_draws_nothing_else(facts: Facts, make_event, make_incident) -> None:
    pages = [make_incident(principal=name, opened_at=AT.replace(day=3)) for name in HOSTILE]
    data = report_pdf(made(facts, make_event, pages, HOSTILE, gaps=("x" * 5000,)))
    assert data.startswith(b"%PDF-")
    for action in (b"/URI", b"/JavaScript", b"/Launch", b"/OpenAction /", b"/Annots"):
        assert action not in data, action


@given(st.text())
def test_any_text_can_be_drawn(text: str) -> None:
    assert plain(text).encode("latin-1") is not None
    assert len(plain(text)) < 420


def test_nothing_at_all_is_a_report_too(facts: Facts, make_event) -> None:
    report = made(facts, make_event, None, (), gaps=("the topic is missing",))
    text = text_of(report_pdf(report))
    assert "Incomplete: the topic is missing." in text
    assert "incidents are not known" in text


def test_thousands_of_principals_fill_a_few_pages(facts: Facts, make_event) -> None:
    names = [f"app-{number}" for number in range(3000)]
    data = report_pdf(made(facts, make_event, (), names))
    assert "2,900 more principals" in text_of(data)
    assert data.count(b"/Type /Page\n") < 12


def test_a_reader_of_pdfs_can_open_it(facts: Facts, make_event, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is missing: apt-get install poppler-utils")
    path = tmp_path / "report.pdf"
    path.write_bytes(report_pdf(made(facts, make_event, (), HOSTILE)))
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    assert "Who read this seller's data" in done.stdout
    assert done.stderr == ""
