"""How long is left to notify, once personal data was read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models.feedback import Feedback, Verdict
from models.incident import Incident

# Amazon's Data Protection Policy gives 24 hours from the detection of a security incident to
# the mail to its security team; Article 33(1) of the GDPR gives 72 hours from becoming aware
# to the supervisory authority.
_DUTIES: Final = (
    ("Marketplace", "Amazon Data Protection Policy", timedelta(hours=24)),
    ("Supervisory authority", "GDPR Article 33", timedelta(hours=72)),
)


@dataclass(frozen=True)
class Duty:
    """One duty to notify.

    Parameters
    ----------
    name, source
        Who must be told, and where that is written.
    limit
        How long there is, from the page.
    due_at
        When that is over.
    left
        What is left of it; negative when it is over.
    """

    name: str
    source: str
    limit: timedelta
    due_at: datetime
    left: timedelta

    @property
    def used_permille(self) -> int:
        """How much of the time is gone, 0 to 1000."""
        used = 1.0 - self.left / self.limit
        return round(1000 * min(1.0, max(0.0, used)))

    @property
    def is_over(self) -> bool:
        """Whether it is too late."""
        return self.left <= timedelta(0)


def duties(incident: Incident, verdict: Feedback | None, now: datetime) -> tuple[Duty, ...]:
    """Return the duties to notify that an incident starts if it is confirmed.

    There are none without personal data, before it became a page, which is when somebody
    knows of it, or after a verdict that it was benign.

    Examples
    --------
    >>> from datetime import UTC
    >>> Duty("a", "b", timedelta(hours=24), datetime(2026, 1, 2, tzinfo=UTC),
    ...      timedelta(hours=6)).used_permille
    750
    """
    known_at = incident.paged_at
    if verdict is not None and verdict.verdict is Verdict.BENIGN:
        return ()
    if known_at is None or not any(name.is_personal for name in incident.data_classes):
        return ()
    return tuple(
        Duty(name, source, limit, known_at + limit, known_at + limit - now)
        for name, source, limit in _DUTIES
    )
