"""Changes in a principal's behaviour."""

from dataclasses import dataclass


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
    reaches
        (first hour, hour after the last, seconds) for how far back its reads reach.
    """

    surges: tuple[tuple[int, int, float], ...] = ()
    update_hour: int | None = None
    update_hours: int = 6
    user_agent: str = ""
    move_hour: int | None = None
    addresses: tuple[str, ...] = ()
    reaches: tuple[tuple[int, int, float], ...] = ()

    def factor(self, hour: int) -> float:
        """Return the factor for the volume in an hour.

        Examples
        --------
        >>> PrincipalChanges(surges=((2, 4, 3.0),)).factor(3)
        3.0
        """
        factor = 1.0
        for first, end, surge in self.surges:
            if first <= hour < end:
                factor *= surge
        return factor

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
