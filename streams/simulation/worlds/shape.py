"""What differs between worlds, and how a family draws it."""

import random
from dataclasses import dataclass
from typing import Final

from streams.simulation.integration_kind import IntegrationKind
from streams.simulation.seeds import lognormal

Range = tuple[float, float]
_HIDEABLE: Final = ("records", "response_bytes", "record_ids", "user_agent")
# Shares of a caller's possible networks: one for ever, the cohort's, a new one each day, a
# mobile carrier's, a function's.
NETWORKS: Final = ("fixed", "cohort", "daily", "carrier", "serverless")


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The ranges from which the worlds of a family are drawn.

    Parameters
    ----------
    principals, warm_up_days, judged_days, kinds, thefts
        Least and most.
    sigma
        Least and most day-to-day variation of a principal (standard deviation of the log).
    correlation
        Least and most correlation of one day with the next.
    active
        Least and most share of the days on which a principal is active at all.
    silence_days
        Longest mean length of a silence.
    newcomers, leavers
        Largest share of the principals.
    networks
        Weights of `NETWORKS`.
    releases
        Share of the principals whose user agent changes with each release.
    hidden
        Chance of each field of the log to be absent.
    events
        About how many events a world has.
    """

    principals: tuple[int, int]
    warm_up_days: tuple[int, int]
    judged_days: int
    kinds: tuple[int, int]
    thefts: int
    sigma: Range
    correlation: Range = (0.0, 0.9)
    active: Range = (0.8, 1.0)
    silence_days: float = 2.0
    newcomers: float = 0.05
    leavers: float = 0.03
    networks: tuple[float, ...] = (6.0, 2.0, 0.5, 0.5, 0.5)
    releases: float = 0.2
    hidden: float = 0.1
    events: int = 150_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one world drew from its family's ranges.

    Parameters
    ----------
    principals, warm_up_days, judged_days, thefts
        Numbers.
    kinds
        Kinds of integrations with their weights.
    level_sigma
        How much principals of a kind differ in size.
    sigma
        Range of the day-to-day variation.
    correlation, active, silence_days
        As in `Family`; the mean over principals.
    bursts
        Chance of a burst on a day of a principal.
    growth
        Share of the principals that grow or shrink by some percent a day.
    newcomers, leavers, releases
        Shares of the principals.
    networks
        Weights of `NETWORKS`.
    hidden
        Fields that no log has.
    confounders
        Names of the disturbances.
    """

    principals: int
    warm_up_days: int
    judged_days: int
    thefts: int
    kinds: tuple[tuple[IntegrationKind, float], ...]
    level_sigma: float
    sigma: Range
    correlation: float
    active: float
    silence_days: float
    bursts: float
    growth: float
    newcomers: float
    leavers: float
    releases: float
    networks: tuple[float, ...]
    hidden: frozenset[str]
    confounders: tuple[str, ...]


_CONFOUNDERS: Final = ("holiday_surge", "backfill", "app_update", "resync", "month_end")


def draw_shape(rng: random.Random, family: Family) -> Shape:
    """Draw the shape of a world."""
    low, high = family.sigma
    middle = low * (high / low) ** rng.random()
    kinds = rng.sample(tuple(IntegrationKind)[:-1], rng.randint(*family.kinds))
    return Shape(
        principals=round(_log_uniform(rng, family.principals)),
        warm_up_days=round(_log_uniform(rng, family.warm_up_days)),
        judged_days=family.judged_days,
        thefts=family.thefts,
        kinds=tuple((kind, rng.gammavariate(1.0, 1.0) + 0.1) for kind in kinds),
        level_sigma=rng.uniform(0.3, 1.5),
        sigma=(max(low, middle / 2), min(high, middle * 2)),
        correlation=rng.uniform(*family.correlation),
        active=rng.uniform(*family.active),
        silence_days=rng.uniform(1.0, family.silence_days),
        bursts=rng.choice((0.0, 0.02, 0.1)),
        growth=rng.choice((0.0, 0.1, 0.4)),
        newcomers=rng.uniform(0.3, 1.0) * family.newcomers,
        leavers=rng.uniform(0.3, 1.0) * family.leavers,
        releases=family.releases,
        networks=tuple(lognormal(rng, weight, 0.7) for weight in family.networks),
        hidden=frozenset(name for name in _HIDEABLE if rng.random() < family.hidden),
        confounders=tuple(name for name in _CONFOUNDERS if rng.random() < 0.5),  # noqa: PLR2004
    )


def _log_uniform(rng: random.Random, limits: tuple[int, int]) -> float:
    low, high = limits
    return float(low * (high / low) ** rng.random())
