"""What every world gives."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from streams.simulation.attack import Attack
from streams.simulation.record_emitter import SimulatedRecord
from streams.simulation.simulated_principal import PrincipalProfile


class World(Protocol):
    """An account for some days: its records, and the truth about them."""

    @property
    def start_seconds(self) -> float:
        """Start, in seconds since 1970-01-01 UTC."""
        ...

    @property
    def days(self) -> int:
        """Length, in days."""
        ...

    @property
    def warm_up_days(self) -> int:
        """Days of history before the first attack."""
        ...

    @property
    def truth(self) -> tuple[Attack, ...]:
        """The attacks."""
        ...

    @property
    def canaries(self) -> tuple[str, ...]:
        """Planted ids."""
        ...

    def profiles(self) -> Mapping[str, PrincipalProfile]:
        """Return what the seller would declare."""
        ...

    def records(self) -> Iterator[SimulatedRecord]:
        """Yield all records in log order; may be called repeatedly."""
        ...

    def truth_document(self) -> dict[str, Any]:
        """Return the truth as one JSON document."""
        ...
