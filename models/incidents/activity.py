"""What people did and said about an incident, and who has taken it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Annotated, Final, Self

import msgspec

from models.errors import ActivityError
from models.incidents.incident import Incident
from models.incidents.note import name_of, redact_note
from models.tuning.incidents import VERDICT_AHEAD_SECONDS, VERDICT_EARLY_SECONDS

ACTIVITY_TYPE: Final = "activity"


class ActivityKind(StrEnum):
    """What somebody did.

    Examples
    --------
    >>> ActivityKind("taken").needs_note, ActivityKind("said").needs_note
    (False, True)
    """

    TAKEN = "taken"
    RELEASED = "released"
    DONE = "done"
    SAID = "said"

    @property
    def needs_note(self) -> bool:
        """Whether it says nothing without a note."""
        return self in {ActivityKind.DONE, ActivityKind.SAID}


class Activity(msgspec.Struct, frozen=True, kw_only=True, tag=ACTIVITY_TYPE, tag_field="type"):
    """One entry of an incident's log; the newest that takes or releases it names the owner.

    Parameters
    ----------
    incident_id, tenant, principal
        Of the incident.
    kind
        What somebody did.
    note
        In at most 500 characters, without mail addresses and long numbers.
    at, by
        When, UTC, and who.
    """

    incident_id: str
    tenant: str
    principal: str
    kind: ActivityKind
    note: str
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    by: str

    @property
    def activity_id(self) -> str:
        """Equal for equal entries: one that comes twice stands in the log once."""
        return blake2b(msgspec.json.encode(self), digest_size=8).hexdigest()

    def redacted(self) -> Self:
        """Redact what somebody has written."""
        return msgspec.structs.replace(self, note=redact_note(self.note), by=name_of(self.by))


def activity_on(
    incident: Incident, kind: ActivityKind, *, note: str, at: datetime, by: str
) -> Activity:
    """Make an entry of an incident's log; the note is redacted and shortened.

    Raises
    ------
    ActivityError
        If it says nothing.
    """
    activity = Activity(
        incident_id=incident.incident_id,
        tenant=incident.tenant,
        principal=incident.principal,
        kind=kind,
        note=note,
        at=at,
        by=by,
    ).redacted()
    check_activity(activity, at.timestamp(), incident)
    return activity


def check_activity(activity: Activity, now_seconds: float, incident: Incident | None) -> None:
    """Refuse an entry that nobody can have written, or that says nothing.

    Parameters
    ----------
    activity, now_seconds
        The entry, and the time now.
    incident
        The one that it names, if that is known.

    Raises
    ------
    ActivityError
        If it is of the future, empty, or not on that incident.
    """
    if activity.at.timestamp() > now_seconds + VERDICT_AHEAD_SECONDS:
        message = "it is of the future"
    elif activity.kind.needs_note and not activity.note:
        message = f"say in a note what was {activity.kind}"
    elif incident is not None and not _is_on(activity, incident):
        message = "tenant, principal or time are not those of the incident"
    else:
        return
    message = f"not an activity: {message}"
    raise ActivityError(message)


def _is_on(activity: Activity, incident: Incident) -> bool:
    earliest = incident.opened_at.timestamp() - VERDICT_EARLY_SECONDS
    names = activity.incident_id, activity.tenant, activity.principal
    return (
        names == (incident.incident_id, incident.tenant, incident.principal)
        and activity.at.timestamp() >= earliest
    )


def ownership(log: Iterable[Activity]) -> Activity | None:
    """Return the entry by which somebody has taken the incident; None if nobody has it."""
    moves = (one for one in log if one.kind in {ActivityKind.TAKEN, ActivityKind.RELEASED})
    newest = max(moves, key=lambda one: (one.at, one.activity_id), default=None)
    return newest if newest is not None and newest.kind is ActivityKind.TAKEN else None
