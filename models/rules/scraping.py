"""A newcomer, declared nowhere, that reads a table."""

from models.domain.access_event import AccessEvent
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.observation.window import Window


def newcomer_scrape(
    event: AccessEvent, window: Window, min_page_records: int, signs: list[str]
) -> Finding | None:
    """Find a bulk read in the first day of a principal that several signs make suspicious."""
    if window.sensitive_records < min_page_records:
        return None
    further = "".join(f"; {sign}" for sign in signs)
    text = (
        f"{event.principal[:160]} was seen for the first time less than a day ago, is declared "
        f"nowhere, and read {window.sensitive_records:,.0f} sensitive records in an hour{further}."
    )
    reason = certain_reason("records", window.sensitive_records, "0", text)
    return Finding(IncidentKind.NEW_PRINCIPAL, reason, page=True)
