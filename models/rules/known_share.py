"""Half of all known buyers in a day."""

from collections.abc import Mapping

from models.domain.access_event import AccessEvent
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import SHARE_PREFIX, IncidentKind
from models.incidents.rule_text import known_share_text
from models.incidents.usual_range import UsualRange
from models.tuning.rules import KNOWN_SHARE_TIMES_USUAL


def known_share_read(
    event: AccessEvent,
    shares: Mapping[str, float],
    usual: Mapping[str, float],
    limit: float,
    *,
    pages: bool,
) -> Finding | None:
    """Find a principal whose share is over the limit and over three times its usual share.

    `pages` says whether the allowed false pages leave room for this rule; if not, it is a ticket.
    """
    for what, share in shares.items():
        if share > limit and share > KNOWN_SHARE_TIMES_USUAL * usual.get(what, 0.0):
            text = known_share_text(event.principal, share, what, usual.get(what, 0.0))
            feature, most = f"{SHARE_PREFIX}{what}", UsualRange.at_most(limit)
            reason = certain_reason(feature, share, most, text, window="day")
            return Finding(IncidentKind.BULK_READ, reason, page=pages)
    return None
