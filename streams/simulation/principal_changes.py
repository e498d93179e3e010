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
    """

    surges: tuple[tuple[int, int, float], ...] = ()
    update_hour: int | None = None
    update_hours: int = 6
    user_agent: str = ""
    move_hour: int | None = None
    addresses: tuple[str, ...] = ()

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
