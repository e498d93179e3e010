"""What a checkpoint holds about one partition."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PartitionState:
    """The state after every event before `offset`.

    Parameters
    ----------
    offset
        Offset of the first message that is not in the state.
    state
        The detector's entries, key to value.
    event_ids
        Hashes of the ids of the most recent events, 8 bytes each, oldest first.
    """

    offset: int
    state: Mapping[bytes, bytes] = field(default_factory=dict)
    event_ids: bytes = b""
