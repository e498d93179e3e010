"""Half of all known buyers in a day."""

from collections.abc import Mapping

from models.domain.access_event import AccessEvent
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind


def known_share_read(
    event: AccessEvent, shares: Mapping[str, float], usual: Mapping[str, float], limit: float
) -> Finding | None:
    """Find a principal whose share of what is known is over the limit and thrice its usual."""
    for what, share in shares.items():
        if share > limit and share > 3 * usual.get(what, 0.0):
            text = (
                f"{event.principal[:120]} has read {share:.0%} of all known {what} today; "
                f"usual: at most {usual.get(what, 0.0):.0%}."
            )
            expected = f"at most {limit:.0%}"
            reason = certain_reason(f"share_of_{what}", share, expected, text, window="day")
            return Finding(IncidentKind.BULK_READ, reason, page=True)
    return None
