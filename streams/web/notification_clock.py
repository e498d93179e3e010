"""The time left to notify after personal data was read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.incidents.feedback import Feedback, Verdict
from models.incidents.incident import Incident


@dataclass(frozen=True)
class Duty:
    """One duty to notify.

    Parameters
    ----------
    name, source
        Who must be notified, and the rule that says so.
    limit
        Time allowed, from the page on.
    due_at
        The deadline.
    left
        Time left until the deadline; negative after it.
    """

    name: str
    source: str
    limit: timedelta
    due_at: datetime
    left: timedelta

    @property
    def used_permille(self) -> int:
        """How much of the time is used up, 0 to 1000."""
        used = 1.0 - self.left / self.limit
        return round(1000 * min(1.0, max(0.0, used)))

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self.left <= timedelta(0)


def duties(incident: Incident, verdict: Feedback | None, now: datetime) -> tuple[Duty, ...]:
    """Return the duties to notify that an incident starts if it is confirmed.

    The detector starts the clock when a page concerns personal data. There are no duties before
    that, or after a benign verdict.

    Examples
    --------
    >>> from datetime import UTC
    >>> Duty("a", "b", timedelta(hours=24), datetime(2026, 1, 2, tzinfo=UTC),
    ...      timedelta(hours=6)).used_permille
    750
    """
    clock = incident.notification
    if clock is None or (verdict is not None and verdict.verdict is Verdict.BENIGN):
        return ()
    limits = (
        ("Marketplace", "Amazon Data Protection Policy", clock.marketplace_due_at),
        ("Supervisory authority", "GDPR Article 33", clock.authority_due_at),
    )
    return tuple(
        Duty(name, source, due_at - clock.aware_at, due_at, due_at - now)
        for name, source, due_at in limits
    )
