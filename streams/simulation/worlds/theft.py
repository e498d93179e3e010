"""A theft of a drawn world before it happens."""

import random
from dataclasses import dataclass
from typing import Final

from streams.simulation.simulation_settings import WAYS

_SMALLEST_SIZE: Final = 0.25
_LARGEST_SIZE: Final = 50.0
_SHORTEST_HOURS: Final = 1 / 6
_LONGEST_HOURS: Final = 7 * 24.0
_STRANGERS: Final = 0.12
_PACES: Final = ("even", "growing", "spurts")
_NETWORKS: Final = ("own", "own", "cohort", "new")
_TOOLS: Final = ("own", "own", "script")
_QUICK_HOURS: Final = 2.0
_LARGE_SIZE: Final = 5.0
_DAY: Final = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Theft:
    """What a thief intends; hours count from the start of the simulation.

    Parameters
    ----------
    attack_id
        Its name.
    is_stranger
        Whether the thief comes as an application that nobody knew.
    size
        Rows, in days of the victim.
    first, hours
        Start and length.
    pace
        ``even``, ``growing`` or ``spurts``.
    network
        Whose: the victim's ``own``, another's of its ``cohort``, or a ``new`` one.
    tool
        The victim's ``own`` program or a ``script``.
    way
        How it chooses what it reads.
    own_data
        Whether it reads what the victim reads, and not another class.
    full_pages
        Whether it asks for as many rows a call as there may be.
    """

    attack_id: str
    is_stranger: bool
    size: float
    first: float
    hours: float
    pace: str
    network: str
    tool: str
    way: str
    own_data: bool
    full_pages: bool

    def kind(self, hours: float) -> str:
        """Return the name under which its recall is told, once it has taken some hours.

        Examples
        --------
        >>> theft = draw_theft(random.Random(1), "theft-0", 7, 14)
        >>> theft.kind(0.5)
        'theft_large_quick'
        """
        if self.is_stranger:
            return "theft_by_stranger"
        size = "small" if self.size < 1.0 else "medium" if self.size < _LARGE_SIZE else "large"
        quick, slow = hours < _QUICK_HOURS, hours > _DAY
        return f"theft_{size}_{'quick' if quick else 'slow' if slow else 'in_a_day'}"

    @property
    def note(self) -> str:
        """Return what else it is, in words."""
        data = "own data" if self.own_data else "other data"
        return (
            f"{self.size:.2f} days of the victim within {self.hours:.1f} hours, {self.pace}, "
            f"network {self.network}, tool {self.tool}, {data}"
        )


def draw_theft(rng: random.Random, attack_id: str, warm_up_days: int, days: int) -> Theft:
    """Draw a theft between the warm-up and the end.

    Examples
    --------
    >>> theft = draw_theft(random.Random(1), "theft-0", 7, 14)
    >>> 168 <= theft.first and theft.first + theft.hours <= 336
    True
    """
    is_stranger = rng.random() < _STRANGERS
    begin, end = warm_up_days * _DAY, days * _DAY
    hours = min(_between(rng, _SHORTEST_HOURS, _LONGEST_HOURS), 0.9 * (end - begin))
    return Theft(
        attack_id=attack_id,
        is_stranger=is_stranger,
        size=_between(rng, _SMALLEST_SIZE, _LARGEST_SIZE),
        first=rng.uniform(begin, end - hours),
        hours=hours,
        pace=rng.choice(_PACES),
        network="new" if is_stranger else rng.choice(_NETWORKS),
        tool="script" if is_stranger else rng.choice(_TOOLS),
        way=rng.choice(WAYS),
        own_data=rng.random() < 0.75,  # noqa: PLR2004 - three in four
        full_pages=rng.random() < 0.6,  # noqa: PLR2004 - three in five
    )


def _between(rng: random.Random, low: float, high: float) -> float:
    """Draw a number whose logarithm is uniform."""
    return float(low * (high / low) ** rng.random())
