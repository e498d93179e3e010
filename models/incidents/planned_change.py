"""A planned change: reads that somebody has announced, up to a size and a time."""

import re
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Final, Self

import msgspec

from models.domain.data_class import DataClass
from models.errors import PlannedChangeError
from models.incidents.note import name_of, redact_note
from models.tuning.incidents import (
    PLANNED_DAYS_AT_MOST,
    PLANNED_RECORDS_AT_MOST,
    VERDICT_AHEAD_SECONDS,
)

PLANNED_TYPE: Final = "planned_change"
# A number in a list of changes: neither a name nor a mail address fits in.
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#-]{0,39}")
_CARD: Final = re.compile(r"\d(?:[._/#-]?\d){11,}")
_LONGEST: Final = timedelta(days=PLANNED_DAYS_AT_MOST)
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class PlannedChange(msgspec.Struct, frozen=True, kw_only=True, tag=PLANNED_TYPE, tag_field="type"):
    """What one principal will read, until when, and who says so.

    What stays inside it is an incident that does not page; what exceeds it pages. The newest
    declaration of a reference holds; one that is already over ends it.

    Parameters
    ----------
    tenant, principal
        Whose reads.
    starts_at, until
        Event time, UTC.
    records
        Records in all; where the log counts none, calls.
    data_classes
        The sensitive classes that it reads; empty for any.
    reference
        Its number in the list of changes, such as ``4711``.
    why
        In at most 500 characters, without mail addresses and long numbers.
    declared_at, by
        When, UTC, and who.
    """

    tenant: Annotated[str, msgspec.Meta(min_length=1)]
    principal: Annotated[str, msgspec.Meta(min_length=1)]
    starts_at: _Moment
    until: _Moment
    records: Annotated[int, msgspec.Meta(ge=1, le=PLANNED_RECORDS_AT_MOST)]
    reference: str
    why: str
    declared_at: _Moment
    by: str
    data_classes: tuple[DataClass, ...] = ()

    @property
    def change_id(self) -> str:
        """Equal for equal tenant, principal and reference."""
        text = f"{self.tenant}\0{self.principal}\0{self.reference}"
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

    def redacted(self) -> Self:
        """Redact what somebody has written."""
        return msgspec.structs.replace(self, why=redact_note(self.why), by=name_of(self.by))


def check_planned(change: PlannedChange, now_seconds: float) -> None:
    """Refuse a planned change that nobody can have declared, or that says too little.

    Raises
    ------
    PlannedChangeError
        If it is of the future, longer than a week, over before it starts, or without a reference
        or a reason.
    """
    if change.declared_at.timestamp() > now_seconds + VERDICT_AHEAD_SECONDS:
        message = "declared_at is in the future"
    elif change.until <= change.starts_at:
        message = "it ends before it starts"
    elif change.until - change.starts_at > _LONGEST:
        message = f"it lasts longer than {PLANNED_DAYS_AT_MOST} days: declare it anew each week"
    elif not _REFERENCE.fullmatch(change.reference) or _CARD.search(change.reference):
        message = "reference: name the change by up to 40 letters, digits and . _ / # -"
    elif not change.why.strip():
        message = "why: say what is done and who has approved it"
    else:
        return
    message = f"not a planned change: {message}"
    raise PlannedChangeError(message)
