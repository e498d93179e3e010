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
    reaches
        (first hour, hour after the last, seconds) for how far back its reads reach.
    """

    surges: tuple[tuple[int, int, float], ...] = ()
    update_hour: int | None = None
    update_hours: int = 6
    user_agent: str = ""
    move_hour: int | None = None
    addresses: tuple[str, ...] = ()
    volume: tuple[float, ...] = ()
    identities: tuple[tuple[int, Identity], ...] = ()
    reaches: tuple[tuple[int, int, float], ...] = ()

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

    def reach_seconds(self, hour: int, usual_seconds: float) -> float:
        """Return how far back the reads of an hour reach.

        Examples
        --------
        >>> changes = PrincipalChanges(reaches=((2, 4, 3e6),))
        >>> changes.reach_seconds(3, 9e4), changes.reach_seconds(4, 9e4)
        (3000000.0, 90000.0)
        """
        found = (seconds for first, end, seconds in self.reaches if first <= hour < end)
        return max(found, default=usual_seconds)
