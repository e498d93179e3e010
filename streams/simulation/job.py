"""A habit of an integration: what it calls, how often, and when."""

from dataclasses import dataclass

from streams.simulation.operation import Operation

HOURS_PER_DAY = 24
DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A habit: runs a day, spread over the hours of the day and the days of the week.

    Parameters
    ----------
    operations
        Called one after another in each run, unless `pick_one`.
    runs_per_day
        Mean on an ordinary day at level 1.
    hours
        24 weights, local time of the principal.
    weekdays
        7 factors from Monday.
    periodic
        Runs at even distances (a cron job) instead of at random.
    pick_one
        Each run calls one of `operations` at random.
    calls_median
        Calls a run for operations that return one row (an order each).
    """

    operations: tuple[Operation, ...]
    runs_per_day: float
    hours: tuple[float, ...]
    weekdays: tuple[float, ...] = (1.0,) * DAYS_PER_WEEK
    periodic: bool = False
    pick_one: bool = False
    calls_median: float = 1.0
