"""One user of a file store, and what it reads on a day."""

import math
import random
from dataclasses import dataclass
from typing import Final, NamedTuple

from streams.simulation.seeds import lognormal, poisson

# Seven of 35 users of a public log of a cloud file store were, or ran, sync clients.
_SYNC_SHARE: Final = 0.2
_SYNC_READS: Final = (80.0, 100.0)
_SYNC_KNOWN: Final = (0.5, 0.85)
_SYNC_DISTINCT: Final = 0.4
_MEDIAN_READS: Final = 16.0
_MEDIAN_READS_SIGMA: Final = 1.3
_DAY_SIGMA: Final = (1.6, 0.45)
_DAY_SIGMA_LIMITS: Final = (0.35, 2.5)
_LARGEST_DAY: Final = 4000.0
_ACTIVE_HOURS: Final = 3.5
_MOST_HOURS: Final = 16
_HOURS: Final = 24
_SATURDAY: Final = 5


class HourlyReads(NamedTuple):
    """The reads of an hour of a day, and how many are of objects that are new to the user."""

    hour: int
    reads: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The habits of a user; `draw_person` draws one.

    The distributions follow percentiles of real users, which docs/simulation.md gives beside those
    of this simulation.

    Parameters
    ----------
    is_sync
        Whether a client of it syncs files, every second hour.
    active_weekday, active_weekend
        Chance of any read on a day.
    reads
        Median reads of an active day; of a sync client, of an active hour.
    sigma
        Standard deviation of the logarithm of a day's reads.
    hours
        Usual number of active hours.
    distinct
        Distinct objects as a share of the reads.
    new
        Usual share of the distinct objects that it has never read.
    """

    is_sync: bool
    active_weekday: float
    active_weekend: float
    reads: float
    sigma: float
    hours: float
    distinct: float
    new: float

    def day(self, rng: random.Random, weekday: int, age_days: int) -> list[HourlyReads]:
        """Draw the reads of a day; none on a day off.

        Examples
        --------
        >>> person = draw_person(random.Random(4))
        >>> all(0 <= h.new <= h.reads for h in person.day(random.Random(5), 0, 9))
        True
        """
        active = self.active_weekend if weekday >= _SATURDAY else self.active_weekday
        if rng.random() > active:
            return []
        return self._synced(rng, age_days) if self.is_sync else self._worked(rng)

    def _synced(self, rng: random.Random, age_days: int) -> list[HourlyReads]:
        found = []
        count = min(_HOURS // 2, max(1, poisson(rng, self.hours)))
        for even in sorted(rng.sample(range(_HOURS // 2), count)):
            reads = max(1, round(rng.gauss(self.reads, 5.0)))
            new = min(1.0, max(0.0, self.new + rng.gauss(0.0, 0.15)))
            # On its first days it reads everything for the first time.
            new = 1.0 - (1.0 - new) * 0.3 if age_days < 2 else new  # noqa: PLR2004
            found.append(HourlyReads(2 * even, reads, _draw(rng, reads, new * self.distinct)))
        return found

    def _worked(self, rng: random.Random) -> list[HourlyReads]:
        deviate = min(2.6, max(-3.0, rng.gauss(0.0, 1.0)))
        reads = min(_LARGEST_DAY, max(1.0, self.reads * math.exp(self.sigma * deviate)))
        count = min(_MOST_HOURS, 1 + poisson(rng, self.hours * min(2.0, (reads / 10.0) ** 0.4)))
        weights = [rng.gammavariate(1.0, 1.0) for _ in range(count)]
        # Sudden folders are new as a whole; other days visit known ones.
        new = rng.betavariate(0.4 + 0.4 * self.new, 0.25 + 0.2 * (1.0 - self.new))
        new *= self.distinct
        found = []
        for hour, weight in zip(rng.sample(range(_HOURS), count), weights, strict=True):
            in_hour = round(reads * weight / sum(weights))
            if in_hour:
                found.append(HourlyReads(hour, in_hour, _draw(rng, in_hour, new)))
        return sorted(found)


def draw_person(rng: random.Random) -> Person:
    """Draw the habits of a user."""
    if rng.random() < _SYNC_SHARE:
        return Person(
            is_sync=True,
            active_weekday=rng.uniform(0.7, 1.0),
            active_weekend=rng.uniform(0.5, 1.0),
            reads=rng.uniform(*_SYNC_READS),
            sigma=0.1,
            hours=rng.uniform(5.0, 12.0),
            distinct=_SYNC_DISTINCT,
            new=1.0 - rng.uniform(*_SYNC_KNOWN),
        )
    active = rng.betavariate(1.2, 0.9)
    low, high = _DAY_SIGMA_LIMITS
    return Person(
        is_sync=False,
        active_weekday=active,
        active_weekend=active * rng.uniform(0.3, 0.9),
        reads=lognormal(rng, _MEDIAN_READS, _MEDIAN_READS_SIGMA),
        sigma=min(high, max(low, rng.gauss(*_DAY_SIGMA))),
        hours=lognormal(rng, _ACTIVE_HOURS, 0.6),
        distinct=min(1.0, max(0.05, rng.betavariate(1.0, 0.7))),
        new=rng.betavariate(0.7, 0.6),
    )


def _draw(rng: random.Random, reads: int, share: float) -> int:
    return min(reads, poisson(rng, reads * share))
