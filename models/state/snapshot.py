"""The binary form of the detector's state between runs."""

import zlib
from typing import Any, Final, TypeVar

import msgspec

from models.domain.misfit import misfit
from models.errors import WireFormatError
from models.state.inflate_budget import InflateBudget

SNAPSHOT_VERSION: Final = 3
# From here on, models/state/snapshot_upgrade.py reads them.
FIRST_VERSION: Final = 1
_State = TypeVar("_State")


def pack_state(state: object) -> bytes:
    """Pack a state: one byte of version, then MessagePack, compressed.

    Examples
    --------
    >>> unpack_state(pack_state([1, 2]), list[int])
    [1, 2]
    """
    return bytes((SNAPSHOT_VERSION,)) + zlib.compress(msgspec.msgpack.encode(state))


def unpack_state(
    snapshot: bytes, shape: type[_State] | Any, budget: InflateBudget | None = None
) -> _State:
    """Unpack a state into its type, within a budget.

    Raises
    ------
    WireFormatError
        If it is not a snapshot, or its version cannot be read.
    """
    if version_of(snapshot) != SNAPSHOT_VERSION:
        message = f"the snapshot's version is not {SNAPSHOT_VERSION}"
        raise WireFormatError(message)
    state: _State = unpack_any(snapshot, shape, budget)
    return state


def version_of(snapshot: bytes) -> int:
    """Return the version of a snapshot; -1 if it is empty."""
    return snapshot[0] if snapshot else -1


def unpack_any(
    snapshot: bytes, shape: type[_State] | Any, budget: InflateBudget | None = None
) -> _State:
    """Unpack a state of any version into its type, within a budget.

    Raises
    ------
    WireFormatError
        If it is not a snapshot.
    """
    packed = (InflateBudget() if budget is None else budget).inflate(snapshot[1:])
    try:
        return msgspec.msgpack.decode(packed, type=shape)
    except (msgspec.DecodeError, RecursionError) as error:
        message = f"not a snapshot of the detector: {misfit(error)}"
        raise WireFormatError(message) from error
