"""A job of an integration: its calls, how often and when."""

from dataclasses import dataclass

from streams.simulation.operation import Operation

HOURS_PER_DAY = 24
DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job: runs per day, spread over the hours of the day and the days of the week.

    Parameters
    ----------
    operations
        Operations of a run, called in order unless `pick_one`.
    runs_per_day
        Mean on an ordinary day at level 1.
    hours
        24 weights, local time of the principal.
    weekdays
        7 factors from Monday.
    periodic
        Runs at even intervals, like a cron job, instead of at random times.
    pick_one
        Each run calls one of `operations` at random.
    calls_median
        Calls per run for operations that return one row, such as one order.
    """

    operations: tuple[Operation, ...]
    runs_per_day: float
    hours: tuple[float, ...]
    weekdays: tuple[float, ...] = (1.0,) * DAYS_PER_WEEK
    periodic: bool = False
    pick_one: bool = False
    calls_median: float = 1.0
