"""The sentence of each reason that a rule finds in what was read, written from its values."""

from collections.abc import Sequence

from models.incidents.reason_text import told_name
from models.incidents.usual_range import UsualRange


def canary_text(name: str, planted: str, operation: str) -> str:
    """State a read of a planted record.

    Examples
    --------
    >>> canary_text("app-1", "00000000000000ff", "getOrder")
    'app-1 read the planted record 00000000000000ff with getOrder. Nobody has a reason to.'
    """
    name = told_name(name)
    return f"{name} read the planted record {planted} with {operation}. Nobody has a reason to."


def cap_text(name: str, observed: float, data_class: str, window: str, cap: int) -> str:
    """State that more records of a class were read than its cap allows.

    Examples
    --------
    >>> cap_text("app-1", 5000.0, "payment", "day", 1000)
    'app-1 read 5,000 payment records in one day; the cap is 1,000.'
    """
    return (
        f"{told_name(name)} read {observed:,.0f} {data_class} records in one {window}; "
        f"the cap is {cap:,}."
    )


def failures_text(name: str, failed: float, calls: float, operation: str) -> str:
    """State a run of failed calls.

    Examples
    --------
    >>> failures_text("app-1", 30.0, 60.0, "getOrder")  # doctest: +ELLIPSIS
    'app-1 made 60 calls in an hour; 30 were denied or found nothing, most recently getOrder. ...'
    """
    return (
        f"{told_name(name)} made {calls:,.0f} calls in an hour; {failed:,.0f} were denied or found "
        f"nothing, most recently {operation}. It may be guessing ids."
    )


def sequence_text(name: str, observed: int, operation: str, usual: float) -> str:
    """State a walk through sequential ids.

    Examples
    --------
    >>> sequence_text("app-1", 67, "getOrder", 2.0)  # doctest: +ELLIPSIS
    'app-1 asked for 67 sequential ids in an hour, most recently with getOrder; usual: at most ...'
    """
    return (
        f"{told_name(name)} asked for {observed:,} sequential ids in an hour, most recently with "
        f"{operation}; usual: {UsualRange.at_most(round(usual)).text()}. It may be guessing ids."
    )


def known_share_text(name: str, share: float, what: str, usual: float) -> str:
    """State which share of all known subjects was read.

    Examples
    --------
    >>> known_share_text("app-1", 0.56, "buyers", 0.02)
    'app-1 has read 56% of all known buyers today; usual: at most 2%.'
    """
    name = told_name(name)
    return f"{name} has read {share:.0%} of all known {what} today; usual: at most {usual:.0%}."


def secrets_text(name: str, observed: float) -> str:
    """State a run of secrets.

    Examples
    --------
    >>> secrets_text("app-1", 12.0)
    'app-1 read 12 secrets in an hour; usual: none.'
    """
    return f"{told_name(name)} read {observed:,.0f} secrets in an hour; usual: none."


def scrape_text(name: str, records: float, signs: Sequence[str], *, is_exact: bool = True) -> str:
    """State a newcomer's bulk read and the signs that make it suspicious.

    Examples
    --------
    >>> scrape_text("app-1", 12300.0, ["it reads with a script"])  # doctest: +ELLIPSIS
    'app-1 was first seen ... and read 12,300 sensitive records in an hour; it reads with ...'
    """
    further = "".join(f"; {sign}" for sign in signs)
    return (
        f"{told_name(name)} was first seen less than a day ago, is not declared, and read "
        f"{'' if is_exact else 'about '}{records:,.0f} sensitive records in an hour{further}."
    )


def storage_text(name: str, listings: int, resource: str) -> str:
    """State a search through storage.

    Examples
    --------
    >>> storage_text("app-1", 4, "exports")
    'app-1 is new, listed storage 4 times and then read from exports.'
    """
    name = told_name(name)
    return f"{name} is new, listed storage {listings} times and then read from {resource}."


def sweep_text(name: str, new: float, read: float, resource: str) -> str:
    """State the sweep of a bucket.

    Examples
    --------
    >>> sweep_text("jane", 1160.2, 1168.0, "x7f3")
    'jane read 1,160 of 1,168 objects for the first time in an hour, the last from x7f3.'
    """
    return (
        f"{told_name(name)} read {new:,.0f} of {max(new, read):,.0f} objects for the first time in "
        f"an hour, the last from {resource}."
    )


def history_text(name: str, days: float, usual_days: float) -> str:
    """State how far back a request reached.

    Examples
    --------
    >>> history_text("app-1", 730.2, 2.0), history_text("app-1", 90.0, 0.01)[-25:]
    ('app-1 asked for data of the last 730 days; usual: 2 days.', '; usual: less than a day.')
    """
    usual = "less than a day" if usual_days < 1.0 else f"{usual_days:,.0f} days"
    usual = "1 day" if usual == "1 days" else usual
    return f"{told_name(name)} asked for data of the last {days:,.0f} days; usual: {usual}."


def unasked_report_text(name: str, report: str, finished: str, *, is_logged: bool) -> str:
    """State that a report came that no call in the log asked for.

    Examples
    --------
    >>> unasked_report_text("nobody", "GET_X", "2026-01-01 08:00 UTC", is_logged=True)
    'nobody has had GET_X made, finished at 2026-01-01 08:00 UTC: no call in the log asked for it.'
    """
    doubt = "" if is_logged else " The log has not shown a request of a report for a day, though."
    return (
        f"{told_name(name)} has had {report} made, finished at {finished}: no call in the log "
        f"asked for it.{doubt}"
    )


def outgrown_text(name: str, size: int, counted: str, limit: float) -> str:
    """State that an incident is far larger than what was judged to be harmless.

    Examples
    --------
    >>> outgrown_text("app-1", 9001, "records", 9000.0)
    'app-1 has reached 9,001 records in an incident that was judged benign up to 9,000.'
    """
    return (
        f"{told_name(name)} has reached {size:,} {counted} in an incident that was judged benign "
        f"up to {limit:,.0f}."
    )
