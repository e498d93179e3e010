"""How a principal's volume, network and program change from day to day."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from streams.simulation.identity import Identity
from streams.simulation.job import DAYS_PER_WEEK
from streams.simulation.networks import any_network, carrier_addresses, serverless_addresses
from streams.simulation.principal_changes import PrincipalChanges
from streams.simulation.seeds import lognormal
from streams.simulation.worlds.shape import Shape

_DAY: Final = 24
_LARGEST_DAY: Final = 25.0
_LARGEST_BURST: Final = 30.0
_FLAT: Final = (1.0,) * DAYS_PER_WEEK
_WEEKS: Final = (
    _FLAT,
    (1.1, 1.0, 1.0, 1.0, 0.9, 0.1, 0.05),
    (0.7, 0.7, 0.8, 0.9, 1.2, 1.8, 1.5),
    (2.5, 1.0, 0.8, 0.8, 0.8, 0.5, 0.5),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """The rhythm of one principal; `draw_habit` draws one."""

    sigma: float
    correlation: float
    active: float
    silence_days: float
    bursts: float
    growth: float
    week: tuple[float, ...]
    first_hour: int
    first_load_hours: int
    first_load: float
    last_hour: int

    def volume(self, rng: random.Random, days: int, weekday: int) -> tuple[float, ...]:
        """Draw a factor for each hour of the simulation."""
        factors: list[float] = []
        for day, of_day in enumerate(self._days(rng, days)):
            factor = of_day * self.week[(weekday + day) % DAYS_PER_WEEK]
            hours = [factor] * _DAY
            if factor > 0.0 and rng.random() < self.bursts:
                first = rng.randrange(_DAY)
                burst = min(_LARGEST_BURST, lognormal(rng, 5.0, 0.6))
                for hour in range(first, min(_DAY, first + rng.randint(1, 3))):
                    hours[hour] *= burst
            factors += hours
        for hour in range(self.first_hour, self.first_hour + self.first_load_hours):
            factors[hour] = max(factors[hour], 1.0) * self.first_load
        factors[self.last_hour :] = [0.0] * len(factors[self.last_hour :])
        return tuple(factors)

    def _days(self, rng: random.Random, days: int) -> Iterator[float]:
        deviate, is_active = rng.gauss(0.0, 1.0), rng.random() < self.active
        innovation = math.sqrt(1.0 - self.correlation**2)
        wakes = 1.0 / self.silence_days
        sleeps = wakes * (1.0 - self.active) / self.active
        for day in range(days):
            deviate = self.correlation * deviate + innovation * rng.gauss(0.0, 1.0)
            # The mean is 1, whatever the variation.
            factor = math.exp(self.sigma * deviate - self.sigma**2 / 2 + self.growth * day)
            yield min(_LARGEST_DAY, factor) if is_active else 0.0
            is_active = rng.random() >= sleeps if is_active else rng.random() < wakes


def draw_habit(rng: random.Random, shape: Shape, *, may_come_late: bool) -> Habit:
    """Draw the rhythm of a principal."""
    low, high = shape.sigma
    hours = (shape.warm_up_days + shape.judged_days) * _DAY
    comes_late = may_come_late and rng.random() < shape.newcomers
    leaves = not comes_late and rng.random() < shape.leavers
    load = rng.randint(3, _DAY)
    # Two thirds of the newcomers arrive where pages are judged.
    earliest = shape.warm_up_days * _DAY if rng.random() < 2 / 3 else 1
    return Habit(
        sigma=low * (high / low) ** rng.random(),
        correlation=min(0.95, max(0.0, rng.gauss(shape.correlation, 0.15))),
        active=min(1.0, max(0.1, rng.gauss(shape.active, 0.15))),
        silence_days=shape.silence_days,
        bursts=shape.bursts,
        growth=rng.uniform(-0.02, 0.04) if rng.random() < shape.growth else 0.0,
        week=rng.choice(_WEEKS),
        first_hour=rng.randrange(min(earliest, hours - load - 1), hours - load)
        if comes_late
        else 0,
        first_load_hours=load if comes_late else 0,
        first_load=min(_LARGEST_BURST, lognormal(rng, 6.0, 0.7)),
        last_hour=rng.randrange(hours // 3, hours) if leaves else hours,
    )


def draw_changes(  # noqa: PLR0913 - each is drawn by itself
    rng: random.Random, shape: Shape, habit: Habit, *, identity: Identity, style: str, weekday: int
) -> PrincipalChanges:
    """Draw all changes of a principal over the days of a world.

    Parameters
    ----------
    rng
        Random stream of the principal.
    shape, habit
        Of the world and of the principal.
    identity
        As whom it starts.
    style
        One of `NETWORKS`.
    weekday
        Day of the week of the first day, 0 for Monday.
    """
    days = shape.warm_up_days + shape.judged_days
    volume = habit.volume(rng, days, weekday)
    release_days = rng.randint(2, 15) if rng.random() < shape.releases else 0
    if style in ("fixed", "cohort") and not release_days:
        return PrincipalChanges(volume=volume)
    return PrincipalChanges(
        volume=volume, identities=tuple(_identities(rng, identity, days, style, release_days))
    )


def _identities(
    rng: random.Random, identity: Identity, days: int, style: str, release_days: int
) -> Iterator[tuple[int, Identity]]:
    place = rng.randrange(8)
    product, _, rest = identity.user_agent.partition("/")
    major, minor, phase = rng.randint(1, 9), rng.randint(0, 30), rng.randrange(max(1, release_days))
    step = {"daily": _DAY, "carrier": 2, "serverless": 3}.get(style, _DAY)
    for hour in range(0, days * _DAY, step):
        changed = identity
        if style == "daily":
            changed = replace(changed, addresses=any_network(rng))
        elif style == "carrier":
            changed = replace(changed, addresses=carrier_addresses(rng, place))
        elif style == "serverless":
            changed = replace(changed, addresses=serverless_addresses(rng, place))
        if release_days and rest:
            release = (hour // _DAY + phase) // release_days
            suffix = rest.partition(" ")[2]
            agent = f"{product}/{major}.{minor + release}.0 {suffix}".strip()
            changed = replace(changed, user_agent=agent)
        yield hour, changed
