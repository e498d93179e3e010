"""An undeclared newcomer that reads a whole table."""

from models.domain.access_event import AccessEvent
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.rule_text import scrape_text
from models.incidents.usual_range import UsualRange
from models.observation.features import RECORDS
from models.observation.window import Window


def newcomer_scrape(
    event: AccessEvent, window: Window, min_page_records: int, signs: list[str], *, pages: bool
) -> Finding | None:
    """Find a bulk read on a principal's first day that several signs make suspicious.

    It pages if such newcomers are rare enough in this fleet (`pages`).
    """
    if window.sensitive_records < min_page_records:
        return None
    # Without records in the log, their number is an estimate.
    is_exact = window.values[RECORDS] >= window.sensitive_records
    text = scrape_text(event.principal, window.sensitive_records, signs, is_exact=is_exact)
    reason = certain_reason("records", window.sensitive_records, UsualRange(0.0), text)
    return Finding(IncidentKind.NEW_PRINCIPAL, reason, page=pages)
