"""The duty to notify, and its clock."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

# Amazon's Data Protection Policy asks for notice within 24 hours of detecting an incident.
_MARKETPLACE: Final = timedelta(hours=24)
# Regulation (EU) 2016/679, article 33: 72 hours after having become aware of it.
_GDPR: Final = timedelta(hours=72)


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to notify and by when, and the figures that they ask for.

    Parameters
    ----------
    aware_at
        When the page went out, which starts the clock.
    marketplace_due_at, authority_due_at
        Ends of the 24 hours of the marketplace and the 72 hours of the GDPR.
    data_classes
        Categories of personal data, as names of data classes.
    records
        Personal records that were read; None if no log gave a number.
    distinct_subjects
        About how many persons are concerned; None if no log named them.
    """

    aware_at: datetime
    marketplace_due_at: datetime
    authority_due_at: datetime
    data_classes: tuple[str, ...]
    records: int | None
    distinct_subjects: int | None


def notification_clock(
    aware_at: datetime,
    data_classes: tuple[str, ...],
    records: int | None,
    distinct_subjects: int | None,
) -> Notification:
    """Start the clock.

    Examples
    --------
    >>> from datetime import UTC
    >>> clock = notification_clock(datetime(2026, 1, 1, tzinfo=UTC), ("customer",), 10, 4)
    >>> clock.authority_due_at.isoformat()
    '2026-01-04T00:00:00+00:00'
    """
    return Notification(
        aware_at=aware_at,
        marketplace_due_at=aware_at + _MARKETPLACE,
        authority_due_at=aware_at + _GDPR,
        data_classes=data_classes,
        records=records,
        distinct_subjects=distinct_subjects,
    )
