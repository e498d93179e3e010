"""One record of the simulated logs."""

from typing import Any, NamedTuple


class SimulatedRecord(NamedTuple):
    """A raw log record and what only the simulator knows about it.

    Parameters
    ----------
    time
        When it happened, in seconds since 1970-01-01 UTC.
    source
        ``seller-api`` or ``cloudtrail``.
    record
        As the log has it.
    attack
        Id of the attack that it belongs to; None for benign traffic.
    """

    time: float
    source: str
    record: dict[str, Any]
    attack: str | None
