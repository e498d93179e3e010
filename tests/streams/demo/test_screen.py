import io
from datetime import UTC, datetime

from rich.console import Console

from models.incidents.incident import IncidentStatus
from streams.demo.scoreboard import AttackResult, judge
from streams.demo.screen import live_view, page_text, print_summary, status_line

FIGURES = {"events_a_second": 1234.5, "events": 99_000, "lag": 3, "principals": 40, "pages": 2}


def printed(what: object) -> str:
    console = Console(file=io.StringIO(), width=160)
    console.print(what)
    return console.file.getvalue()


def test_the_status_line_has_the_figures() -> None:
    line = status_line(FIGURES, 86_400.0)
    assert line.startswith("Fri 1970-01-02 00:00 UTC")
    assert "1,234 events/s" in line
    assert "lag 3 messages" in line
    assert status_line(FIGURES, None).startswith("- UTC")


def test_a_page_says_who_what_how_much_since_when_why_and_what_to_do(make_incident) -> None:
    text = page_text(make_incident())
    for part in ("HIGH app-1", "3,400 records", "customer", "since 2026-01-01 00:00 UTC", "key-1"):
        assert part in text
    assert "observed 3400.0, expected 42 (8 to 115)" in text
    assert text.endswith("what to do: https://example.com/bulk_read")


def test_the_live_view_shows_open_incidents_and_the_newest_page(make_incident) -> None:
    closed = make_incident(incident_id="i-2", principal="app-2", status=IncidentStatus.CLOSED)
    silent = make_incident(incident_id="i-3", principal="app-3", page=False, paged_at=None)
    text = printed(live_view("the line", {i.incident_id: i for i in (closed, silent)}))
    assert "the line" in text
    assert "app-3" in text
    assert text.count("app-2") >= 1
    table = text[: text.index("PAGE")]
    assert "app-2" not in table


def test_the_summary_names_what_was_missed_and_what_was_false(attack, make_incident) -> None:
    console = Console(file=io.StringIO(), width=160)
    page = make_incident(paged_at=datetime.fromtimestamp(15_000, UTC))
    results, _ = judge([attack], [page])
    missed = AttackResult(attack, None, None)
    print_summary(console, [*results, missed], [make_incident()], 14)
    text = console.file.getvalue()
    assert "25.0%" in text
    assert "never" in text
    assert "1 of 2 attacks paged; 1 false pages in 14 simulated days" in text
    assert "false: 2026-01-01 00:00" in text
