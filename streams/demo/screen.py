"""The demo's live view and its summary."""

from datetime import UTC, datetime

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from models.incidents.incident import Exposure, Incident, IncidentStatus
from streams.demo.scoreboard import AttackResult
from streams.presentation.untrusted_text import sanitize, sanitize_name
from streams.presentation.wording import usual_range

_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
_ROWS = 10
_COLUMNS = {"severity": 2, "principal": 6, "data": 3, "read": 2, "why": 12}


def status_line(figures: dict[str, float], simulated_seconds: float | None) -> str:
    """Return the status line: simulated day, events per second, lag, principals, pages."""
    day = "-"
    if simulated_seconds is not None:
        day = datetime.fromtimestamp(simulated_seconds, UTC).strftime("%a %Y-%m-%d %H:%M")
    return (
        f"{day} UTC | {figures['events_a_second']:,.0f} events/s | "
        f"{figures['events']:,.0f} events | lag {figures['lag']:,.0f} messages | "
        f"{figures['principals']:,.0f} principals | {figures['pages']:,.0f} pages"
    )


def live_view(line: str, incidents: dict[str, Incident]) -> RenderableType:
    """Return the terminal view: figures, open incidents and the newest page."""
    table = Table(expand=True, title="Open incidents", title_justify="left")
    for heading, ratio in _COLUMNS.items():
        table.add_column(heading, overflow="ellipsis", no_wrap=heading != "why", ratio=ratio)
    open_now = [i for i in incidents.values() if i.status is IncidentStatus.OPEN]
    open_now.sort(key=lambda i: (i.page, i.severity.rank, i.score), reverse=True)
    for incident in open_now[:_ROWS]:
        table.add_row(
            Text(incident.severity, style=_COLOURS.get(incident.severity, "")),
            Text(sanitize_name(incident.principal[-40:])),
            ", ".join(incident.data_classes),
            _how_much(incident.exposure),
            Text(_first_reason(incident)),
        )
    pages = [i for i in incidents.values() if i.paged_at is not None]
    parts: list[RenderableType] = [Text(line, style="bold"), table]
    if pages:
        newest = max(pages, key=lambda i: (i.paged_at or i.opened_at, i.incident_id))
        parts.append(Panel(Text(page_text(newest)), title="PAGE", border_style="red"))
    return Group(*parts)


def page_text(incident: Incident) -> str:
    """Return the text of a page: who, what, how much, since when, from where, why, what to do."""
    where = sorted({sanitize(e.source_ip or "unknown address") for e in incident.evidence})
    keys = [sanitize_name(key, 60) for key in incident.credential_ids[:3]]
    lines = [
        f"{incident.severity.upper()} {sanitize_name(incident.principal)} "
        f"(tenant {sanitize_name(incident.tenant)})",
        f"read {_read(incident.exposure)}, data: {', '.join(incident.data_classes)}",
        f"since {incident.opened_at:%Y-%m-%d %H:%M} UTC from {', '.join(where[:3])} "
        f"with {', '.join(keys) or 'an unknown credential'}",
    ]
    for reason in incident.reasons[:3]:
        usual = usual_range(reason)
        text, observed = sanitize(reason.text, 400), sanitize(reason.observed)
        lines.append(f"- {text} (observed {observed}, expected {usual})")
    return "\n".join([*lines, f"what to do: {incident.runbook_url}"])


def print_summary(
    console: Console, results: list[AttackResult], false_pages: list[Incident], days: float
) -> None:
    """Print how much each attack had read when it was paged, and the false pages."""
    table = Table(title="Attacks", title_justify="left")
    for heading in ("attack", "principal", "rows", "paged at (UTC)", "rows read by then"):
        table.add_column(heading)
    for result in results:
        paged = "never" if result.page is None else f"{result.page.paged_at:%Y-%m-%d %H:%M}"
        share = "all" if result.share_read is None else f"{result.share_read:.1%}"
        attack = result.attack
        table.add_row(attack.kind, attack.principal[-34:], f"{attack.rows_total:,}", paged, share)
    console.print(table)
    found = sum(result.page is not None for result in results)
    console.print(
        f"{found} of {len(results)} attacks paged; {len(false_pages)} false pages "
        f"in {days:g} simulated days"
    )
    for page in false_pages[:5]:
        line = f"  false: {page.paged_at:%Y-%m-%d %H:%M} {_first_reason(page)}"
        console.print(line, highlight=False, markup=False)


def _first_reason(incident: Incident) -> str:
    return sanitize(incident.reasons[0].text, 400) if incident.reasons else ""


def _read(exposure: Exposure) -> str:
    calls = "1 call" if exposure.calls == 1 else f"{exposure.calls:,} calls"
    subjects = exposure.distinct_subjects
    about = "" if subjects is None or exposure.records is None else f" about {subjects:,} subjects"
    return f"{_how_much(exposure)}{about} in {calls}"


def _how_much(exposure: Exposure) -> str:
    """Return records, or objects where the log counts no records."""
    if exposure.records is not None:
        return f"{exposure.records:,} records"
    subjects = exposure.distinct_subjects
    return "an unknown number of records" if subjects is None else f"about {subjects:,} objects"
