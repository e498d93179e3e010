"""The families of worlds, and which seeds are for tuning and which for reporting."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from models.errors import SettingsError
from streams.simulation.people import People, PeopleSettings
from streams.simulation.simulation import Simulation
from streams.simulation.simulation_settings import SimulationSettings
from streams.simulation.worlds.drawn_world import DrawnWorld
from streams.simulation.worlds.shape import Family
from streams.simulation.worlds.world import World


class Seeds(NamedTuple):
    """Seeds that anybody may tune on, and seeds that are only for reporting."""

    tuning: range
    reporting: range


DRAWN: Final[Mapping[str, Family]] = MappingProxyType(
    {
        "churn": Family(
            principals=(40, 150), warm_up_days=(7, 21), judged_days=7, kinds=(4, 10), thefts=6,
            sigma=(0.3, 1.2), active=(0.6, 1.0), newcomers=0.25, leavers=0.15,
            networks=(2.0, 1.0, 2.0, 2.0, 2.0), releases=0.7,
        ),
        "small": Family(
            principals=(8, 20), warm_up_days=(2, 7), judged_days=7, kinds=(1, 6), thefts=2,
            sigma=(0.15, 1.5), events=40_000,
        ),
        "large": Family(
            principals=(500, 2000), warm_up_days=(7, 14), judged_days=4, kinds=(5, 10), thefts=12,
            sigma=(0.2, 1.5), events=250_000,
        ),
        "sparse": Family(
            principals=(20, 120), warm_up_days=(14, 53), judged_days=7, kinds=(2, 8), thefts=5,
            sigma=(0.8, 2.5), active=(0.15, 0.8), silence_days=12.0, hidden=0.6, events=80_000,
        ),
    }
)  # fmt: skip
FAMILIES: Final = ("account", "people", *DRAWN)
_SEEDS: Final = Seeds(range(1, 21), range(301, 321))


def seeds_of(family: str) -> Seeds:
    """Return the seeds of a family; its tuning and its reporting seeds are disjoint.

    Examples
    --------
    >>> seeds_of("churn").tuning[0], seeds_of("churn").reporting[0]
    (1, 301)
    """
    # The second author's account was tuned on from 1 to 20 only.
    return Seeds(range(1, 21), range(21, 41)) if family == "retail" else _SEEDS


def make_world(family: str, seed: int) -> World:
    """Make a world.

    Raises
    ------
    SettingsError
        If no family has the name.

    Examples
    --------
    >>> make_world("people", 3).days
    15
    """
    if family == "account":
        return Simulation(SimulationSettings(seed=seed, days=21, principals=96))
    if family == "people":
        return People(PeopleSettings(seed=seed))
    if family not in DRAWN:
        message = f"no world is called {family!r}: choose one of {', '.join(FAMILIES)}"
        raise SettingsError(message)
    return DrawnWorld(family, DRAWN[family], seed)
