"""The exposure report as a PDF, for somebody who has no log-in."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from streams.exposure.exposure_report import ExposureReport
from streams.exposure.report_words import (
    HOW_COUNTED,
    classes_read,
    headline,
    incident_words,
    places_read_from,
    reader_name,
    volume,
)
from streams.presentation.untrusted_text import sanitize, sanitize_name
from streams.presentation.wording import count, format_time

_INK: Final = (29, 33, 38)
_SOFT: Final = (93, 100, 109)
_LINE: Final = (226, 223, 214)
_GRAVE: Final = (168, 32, 26)
_WASH: Final = (245, 244, 239)
_STATES: Final = {"shown": (44, 110, 79), "partly": (131, 100, 0), "missing": _GRAVE}
_STATE: Final = "State"
_CELL_CHARACTERS: Final = 400
_MARK_BYTES: Final = 4
# What the fonts of every reader have instead.
_SPELLED: Final = str.maketrans({"…": "...", "’": "'", "–": "-", "—": "-", "×": "x", "\u202f": " "})
_Rows = Iterable[Sequence[str]]


def report_pdf(report: ExposureReport) -> bytes:
    """Write the report; the same report gives the same bytes."""
    pdf = _Document(report)
    pdf.head()
    pdf.gaps()
    pdf.part("What was read")
    pdf.rows(("Data", "Calls", "Records", "People, orders, files"), _class_rows(report), _CLASS)
    pdf.part("Who read it, and from where")
    pdf.rows(("Who", "What", "In all", "From"), _reader_rows(report), _READER)
    pdf.part("Pages of the period")
    _add_pages(pdf, report)
    pdf.part("Controls of Amazon's Data Protection Policy")
    pdf.note(
        "What shows each control, and what the period held of it. Read it beside the version of "
        "the policy that you have accepted: it covers more than what can be seen in access logs."
    )
    pdf.rows(
        ("Asked for", "Shown by", _STATE, "Found"),
        [(one.asked, one.shown_by, str(one.state), one.found) for one in report.controls],
        _CONTROL,
    )
    pdf.note(HOW_COUNTED)
    return bytes(pdf.output())


_CLASS: Final = (30, 22, 26, 32)
_READER: Final = (30, 40, 22, 28)
_PAGE: Final = (26, 40, 54)
_CONTROL: Final = (36, 44, 14, 34)


class _Document(FPDF):
    def __init__(self, report: ExposureReport) -> None:
        super().__init__(format="A4")
        self._report = report
        self.set_creation_date(report.made_at)
        self.set_title(f"Exposure report {report.period}")
        self.set_margins(18, 18)
        self.set_auto_page_break(True, margin=20)
        self.alias_nb_pages()
        self.add_page()

    def footer(self) -> None:
        """Write the number of the page; the library calls it."""
        self.set_y(-14)
        self._ink(8, _SOFT)
        made = f"{format_time(self._report.made_at)} by {sanitize(self._report.made_by, 40)}"
        self.cell(0, 5, plain(f"sellerwatch exposure report, made {made}"))
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    def head(self) -> None:
        report = self._report
        tenant = "all tenants" if report.tenant is None else sanitize_name(report.tenant, 60)
        self._ink(9, _SOFT)
        days = f"{report.period} ({report.period.days} days)"
        self._line(f"{tenant}, {days}, from {report.source}", 5)
        self._ink(20, _INK, "B")
        self._line("Who read this seller's data", 10)
        self._ink(12, _INK)
        self._line(headline(report), 6)

    def gaps(self) -> None:
        for gap in self._report.gaps:
            self._ink(9, _GRAVE, "B")
            self._line(f"Incomplete: {gap}.", 5)

    def part(self, title: str) -> None:
        self.ln(5)
        if self.will_page_break(40):
            self.add_page()
        self._ink(13, _INK, "B")
        self._line(title, 7)

    def note(self, text: str) -> None:
        self.ln(1)
        self._ink(8.5, _SOFT)
        self._line(text, 4.2)
        self.ln(1)

    def rows(self, heads: Sequence[str], rows: _Rows, widths: Sequence[int]) -> None:
        self._ink(8.5, _INK)
        self.set_draw_color(*_LINE)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=tuple(widths),
            headings_style=FontFace(emphasis="", color=_SOFT, fill_color=_WASH),
            line_height=4.2,
            padding=1.2,
            text_align="LEFT",
            v_align="TOP",
        ) as table:
            for number, cells in enumerate((heads, *rows)):
                row = table.row()
                for place, text in enumerate(cells):
                    # A name that reads like a state is still a name.
                    is_state = number and heads[place] == _STATE
                    state = _STATES.get(text) if is_state else None
                    style = None if state is None else FontFace(emphasis="BOLD", color=state)
                    row.cell(plain(text), style=style)

    def _ink(self, points: float, color: tuple[int, int, int], emphasis: str = "") -> None:
        self.set_font("Helvetica", emphasis, points)
        self.set_text_color(*color)

    def _line(self, text: str, height: float) -> None:
        self.multi_cell(0, height, plain(text), align="L", new_x="LMARGIN", new_y="NEXT")


def _class_rows(report: ExposureReport) -> list[tuple[str, str, str, str]]:
    rows = [
        (
            str(kind),
            count(one.calls),
            count(one.records) if one.records else "not counted",
            count(one.distinct_subjects) if one.distinct_subjects else "not counted",
        )
        for kind, one in report.classes.items()
    ]
    return rows or [("nothing", "0", "0", "0")]


def _reader_rows(report: ExposureReport) -> list[tuple[str, str, str, str]]:
    rows = [
        (
            reader_name(report, one),
            "\n".join(classes_read(one)) or "nothing",
            volume(one),
            places_read_from(one),
        )
        for one in report.readers
    ]
    if report.other_readers:
        records = sum(one.sensitive_records for one in report.other_readers)
        others = f"{count(len(report.other_readers))} more principals"
        rows.append((others, f"{count(records)} records of sensitive data", "", ""))
    return rows or [("nobody", "nothing", "", "")]


def _add_pages(pdf: _Document, report: ExposureReport) -> None:
    if report.tickets is None:
        pdf.note("The report was made from files: incidents are not known.")
        return
    tickets = count(report.tickets)
    pdf.note(f"{count(report.pages_found)} pages; {tickets} incidents paged nobody.")
    if report.pages:
        rows = [
            (
                format_time(one.opened_at),
                sanitize_name(one.principal, 80),
                incident_words(one.kinds, one.exposure.records),
            )
            for one in report.pages
        ]
        pdf.rows(("Opened", "Who", "Signs and size"), rows, _PAGE)


def plain(text: str) -> str:
    """Return a text in the letters that every PDF reader has; another letter leaves a mark.

    Two names that would look alike then differ by a hash.

    Examples
    --------
    >>> plain("app-1…"), plain("кот") == plain("пёс")
    ('app-1...', False)
    """
    spelled = text.translate(_SPELLED)[:_CELL_CHARACTERS]
    shown = spelled.encode("latin-1", "replace").decode("latin-1")
    if shown == spelled:
        return shown
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_MARK_BYTES).hexdigest()
    return f"{shown}#{digest}"
