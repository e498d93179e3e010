"""A planned change, and what was read under it."""

from hashlib import blake2b

import msgspec

from models.incidents.incident_draft import IncidentDraft
from models.incidents.planned_change import PlannedChange


class PlannedState(msgspec.Struct, array_like=True, kw_only=True):
    """What the detector remembers of a planned change until it is over.

    `read` counts records, or calls of which the log counts none. `draft` is the incident of what
    stays inside.
    """

    change: PlannedChange
    read: int = 0
    is_exceeded: bool = False
    draft: IncidentDraft | None = None

    @property
    def incident_id(self) -> str:
        """Differs from that of any other incident that the same event opens."""
        opened = 0.0 if self.draft is None else self.draft.opened_at
        text = f"{self.change.change_id}\0planned\0{opened!r}"
        return blake2b(text.encode(), digest_size=8).hexdigest()
