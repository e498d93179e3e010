"""How often a principal shows something new."""

from collections.abc import Iterable
from typing import Final

import msgspec

from models.tuning.estimators import NOVELTY_COHORT_DAYS, NOVELTY_OWN_DAYS_KEPT

# A count of days that has faded below this is dropped.
_FORGOTTEN: Final = 0.05


class NewDays(msgspec.Struct, array_like=True):
    """On how many days a principal showed something new, by feature; older days fade."""

    days: float = 0.0
    new: dict[str, float] = {}

    def learn_day(self, features: Iterable[str]) -> None:
        """Learn which features had new values on one more active day.

        Examples
        --------
        >>> habit = NewDays()
        >>> habit.learn_day(["network"])
        >>> habit.learn_day([])
        >>> habit.days, habit.new
        (1.98, {'network': 0.98})
        """
        keep = NOVELTY_OWN_DAYS_KEPT
        self.days = keep * self.days + 1.0
        faded = {n: keep * count for n, count in self.new.items() if keep * count >= _FORGOTTEN}
        for name in features:
            faded[name] = faded.get(name, 0.0) + 1.0
        self.new = faded

    def chance(self, feature: str, rate: float) -> float:
        """Return the chance of something new on a day; `rate` is that of the cohort's days.

        Who shows a new network each day does no more than usual with the next one; who never did in
        three weeks does.
        """
        prior = NOVELTY_COHORT_DAYS
        return (self.new.get(feature, 0.0) + prior * rate) / (self.days + prior)
