"""Ways to raise alarms whose threshold is chosen afterwards, with hindsight."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from bench.detection_peers import Scorer
from bench.detection_score import Page, Score, Truth, is_explained, score
from bench.hours import Hour
from models.domain.access_event import AccessEvent, PrincipalKind

_HOUR: Final = 3600.0
_DAY: Final = 86_400.0
_COUNTS: Final = ("records an hour", "objects an hour", "new objects an hour")
# Above every threshold: what pages whatever the threshold is.
ALWAYS: Final = math.inf


class Alarm(NamedTuple):
    """The value of a score for a principal at a time, the highest of its day so far."""

    principal: str
    seconds: float
    value: float


class Highest:
    """Keeps the values that are the highest of their principal-day when they come."""

    def __init__(self) -> None:
        self.alarms: list[Alarm] = []
        self._best: dict[tuple[str, int], float] = {}

    def add(self, principal: str, seconds: float, value: float) -> None:
        """Keep a value if it is the highest of its day so far."""
        # An hour that closes at midnight belongs to the day before.
        key = (principal, int((seconds - 1.0) // _DAY))
        if value > self._best.get(key, 0.0):
            self._best[key] = value
            self.alarms.append(Alarm(principal, seconds, value))


def peer_alarms(truth: Truth, hours: Sequence[Hour], peer: Scorer) -> list[Alarm]:
    """Let a peer score each hour before learning it; the alarm comes when the hour closes."""
    highest = Highest()
    for hour in hours:
        value = peer.score(hour.principal, hour.features)
        if hour.end_seconds > truth.begin_seconds and hour.is_sensitive:
            highest.add(hour.principal, hour.end_seconds, value)
        peer.learn(hour.principal, hour.features)
    return highest.alarms


def rule_alarms(truth: Truth, events: Iterable[AccessEvent]) -> dict[str, list[Alarm]]:
    """Count what each principal's hour reads of sensitive data, as one-line rules would.

    Records are those that the log tells, else objects, else calls. A z-score compares the logarithm
    of the hour so far with those of the principal's closed hours.
    """
    hours: dict[str, _OpenHour] = defaultdict(_OpenHour)
    found: dict[str, Highest] = defaultdict(Highest)
    for event in events:
        classes = event.data_classes
        if not classes or not classes[0].is_sensitive:
            continue
        if event.principal_kind is PrincipalKind.SERVICE:
            continue
        hour = hours[event.principal]
        hour.add(event)
        if event.time < truth.begin_seconds:
            continue
        for place, name in enumerate(_COUNTS):
            count = hour.counts[place]
            found[name].add(event.principal, event.time, float(count))
            found[f"z-score of {name}"].add(event.principal, event.time, hour.z_score(place))
    return {name: found[name].alarms for name in rule_names()}


def rule_names() -> tuple[str, ...]:
    """Return the names of the one-line rules."""
    return (*_COUNTS, *(f"z-score of {name}" for name in _COUNTS))


class _OpenHour:
    """The open hour of a principal, and the moments of its closed ones."""

    def __init__(self) -> None:
        self.counts = [0, 0, 0]
        self._hour = -1
        self._objects: set[int] = set()
        self._known: set[int] = set()
        self._sums = [[0.0, 0.0, 0.0] for _ in _COUNTS]

    def add(self, event: AccessEvent) -> None:
        hour = int(event.time // _HOUR)
        if hour != self._hour:
            self._close()
            self._hour = hour
        subjects = event.subject_ids
        counts = self.counts
        counts[0] += event.records if event.records is not None else max(1, len(subjects))
        for subject in subjects:
            if subject not in self._objects:
                self._objects.add(subject)
                counts[1] += 1
                if subject not in self._known:
                    self._known.add(subject)
                    counts[2] += 1

    def z_score(self, place: int) -> float:
        number, total, squares = self._sums[place]
        number = number or 1.0
        mean = total / number
        spread = math.sqrt(max(0.0, squares / number - mean * mean))
        # One hour says nothing of how hours vary.
        return (math.log1p(self.counts[place]) - mean) / (spread + 0.5)

    def _close(self) -> None:
        if self._hour >= 0:
            for sums, count in zip(self._sums, self.counts, strict=True):
                value = math.log1p(count)
                sums[0] += 1.0
                sums[1] += value
                sums[2] += value * value
        self.counts = [0, 0, 0]
        self._objects.clear()


def with_hindsight(
    runs: Sequence[tuple[Truth, Sequence[Alarm]]], nominal: float
) -> tuple[float, list[Score]]:
    """Return the lowest threshold that holds the nominal rate in hindsight, and its scores.

    What it counts are honest principal-days with an alarm. Alarms of value `ALWAYS` count at any
    threshold, even if they alone are too many.

    Examples
    --------
    >>> truth = Truth("small", 0.0, 864000.0, [], 10)
    >>> alarms = [Alarm("a", 10.0, 2.0), Alarm("b", 10.0, 3.0)]
    >>> threshold, scores = with_hindsight([(truth, alarms)], 0.1)
    >>> 2.0 < threshold < 3.0, scores[0].false_pages
    (True, 1)
    """
    highest: dict[tuple[int, str, int], float] = {}
    for number, (truth, alarms) in enumerate(runs):
        for alarm in alarms:
            judged = truth.begin_seconds <= alarm.seconds < truth.end_seconds
            if judged and not is_explained(Page(*alarm[:2]), truth.attacks):
                key = (number, alarm.principal, int((alarm.seconds - 1.0) // _DAY))
                highest[key] = max(alarm.value, highest.get(key, 0.0))
    allowed = int(nominal * sum(truth.principal_days for truth, _ in runs))
    values = sorted(highest.values(), reverse=True)
    threshold = math.nextafter(values[allowed], math.inf) if allowed < len(values) else 0.0
    return threshold, [score(truth, _pages(alarms, threshold)) for truth, alarms in runs]


def _pages(alarms: Iterable[Alarm], threshold: float) -> Iterable[Page]:
    first: dict[tuple[str, int], Page] = {}
    for alarm in alarms:
        if alarm.value >= threshold:
            key = (alarm.principal, int((alarm.seconds - 1.0) // _DAY))
            first.setdefault(key, Page(alarm.principal, alarm.seconds))
    return first.values()
