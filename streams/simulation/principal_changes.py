"""Changes in a principal's behaviour."""

from bisect import bisect_right
from dataclasses import dataclass

from streams.simulation.identity import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalChanges:
    """Benign changes of a principal's traffic; hours count from the start of the simulation.

    Parameters
    ----------
    surges
        (first hour, hour after the last, factor) for its volume.
    update_hour
        Hour when a new version of its application starts to roll out, over `update_hours`.
    user_agent
        User agent of the new version.
    move_hour
        Hour when it starts to call from `addresses` as well.
    addresses
        Addresses of the new office.
    volume
        A factor for each hour of the simulation; empty leaves all as they are.
    identities
        (first hour, identity) of a caller that changes its network or program, ascending.
    """

    surges: tuple[tuple[int, int, float], ...] = ()
    update_hour: int | None = None
    update_hours: int = 6
    user_agent: str = ""
    move_hour: int | None = None
    addresses: tuple[str, ...] = ()
    volume: tuple[float, ...] = ()
    identities: tuple[tuple[int, Identity], ...] = ()

    def factor(self, hour: int) -> float:
        """Return the factor for the volume in an hour.

        Examples
        --------
        >>> PrincipalChanges(surges=((2, 4, 3.0),)).factor(3)
        3.0
        """
        factor = self.volume[hour] if self.volume else 1.0
        for first, end, surge in self.surges:
            if first <= hour < end:
                factor *= surge
        return factor

    def identity(self, hour: int, usual: Identity) -> Identity:
        """Return the identity in an hour, which is the usual one unless it changes."""
        place = bisect_right(self.identities, hour, key=lambda change: change[0])
        return self.identities[place - 1][1] if place else usual
