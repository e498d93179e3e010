"""Which attacks the log shows at all: what no detector that reads it could do better than."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from bench.detection_score import Truth
from bench.hours import Hour

_HOUR_SECONDS = 3600.0
_HOURS_A_DAY = 24
_NEW = "new_"
Counts = dict[str, float]


def shown_by_log(truth: Truth, hours: Sequence[Hour]) -> list[bool]:
    """Return, for each attack, whether its hours differ in anything from those before.

    They do if the principal never came before, if it shows a network, program or operation for the
    first time, or if a count of an hour or of a day exceeds its largest so far. Honest hours may do
    that, too: this is a bound that nobody reaches without false pages. A theft that stays within
    what its victim did before, or whose log carries neither rows, bytes nor ids, shows nothing.
    """
    of_principal: dict[str, list[Hour]] = defaultdict(list)
    for hour in hours:
        of_principal[hour.principal].append(hour)
    return [
        _is_shown(of_principal[attack.principal], attack.start, attack.end)
        for attack in truth.attacks
    ]


def _is_shown(hours: Iterable[Hour], start: float, end: float) -> bool:
    first, last = int(start // _HOUR_SECONDS), int(end // _HOUR_SECONDS)
    before, during = [], []
    for hour in hours:
        index = _index(hour)
        if index < first:
            before.append(hour)
        elif index <= last:
            during.append(hour)
    if not before:
        return bool(during)
    if any(value for hour in during for name, value in hour.features.items() if _is_new(name)):
        return True
    by_hour = [(hour.features, _index(hour) // _HOURS_A_DAY) for hour in before]
    if _exceeds([hour.features for hour in during], [features for features, _ in by_hour]):
        return True
    # The part of the first day before the attack belongs to the day that is compared.
    today = first // _HOURS_A_DAY
    past = [hour for hour in before if _index(hour) // _HOURS_A_DAY < today]
    rest = [hour for hour in before if _index(hour) // _HOURS_A_DAY == today]
    return _exceeds(_days([*rest, *during]), _days(past))


def _exceeds(during: Iterable[Counts], before: Iterable[Counts]) -> bool:
    most: Counts = {}
    for counts in before:
        for name, value in counts.items():
            most[name] = max(value, most.get(name, 0.0))
    return any(value > most.get(name, 0.0) for counts in during for name, value in counts.items())


def _days(hours: Iterable[Hour]) -> list[Counts]:
    days: dict[int, Counts] = defaultdict(lambda: defaultdict(float))
    for hour in hours:
        counts = days[_index(hour) // _HOURS_A_DAY]
        for name, value in hour.features.items():
            if not _is_new(name):
                counts[name] += math.expm1(value)
    return list(days.values())


def _index(hour: Hour) -> int:
    # An hour is told with the time at which it is closed.
    return int(hour.end_seconds // _HOUR_SECONDS) - 1


def _is_new(name: str) -> bool:
    return name.startswith(_NEW) and name != "new_subjects"
