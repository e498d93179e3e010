"""Names that were refused and never succeeded: counted, not known."""

from hashlib import blake2b

import msgspec

from models.domain.access_event import AccessEvent, Outcome
from models.observation.subject_sketch import SubjectSketch
from models.tuning.state import (
    STRANGERS_LEAST_REFUSED,
    STRANGERS_REFUSED_TO_BE_KNOWN,
    STRANGERS_REMEMBERED,
)


class Strangers(msgspec.Struct, array_like=True, kw_only=True):
    """Refused calls of an hour under names without a state, in bounded memory.

    Examples
    --------
    >>> strangers = Strangers()
    >>> strangers.refuse(("A1", "app-1"), 7, 25_200.0), strangers.calls
    (1, 1)
    >>> strangers.take(("A1", "app-1"), 7)
    1
    """

    hour: int = 0
    calls: int = 0
    # When the first of them came, and the count at which they are told next.
    since_seconds: float = 0.0
    told_at: int = STRANGERS_LEAST_REFUSED
    # A sketch of the distinct names.
    names: bytearray = msgspec.field(default_factory=lambda: SubjectSketch.of_an_hour().registers)
    # Short number of a name -> its calls; the oldest of too many is dropped.
    waiting: dict[int, int] = {}

    def refuse(self, key: tuple[str, str], hour: int, seconds: float) -> int:
        """Count a refused call; return how many the name has made in this hour."""
        if hour > self.hour or not self.calls:
            self.hour, self.calls, self.since_seconds = hour, 0, seconds
            self.told_at, self.waiting = STRANGERS_LEAST_REFUSED, {}
            self.names = SubjectSketch.of_an_hour().registers
        self.calls += 1
        number = _number_of(key)
        SubjectSketch(self.names).add((number,))
        waiting = self.waiting
        count = waiting[number] = waiting.pop(number, 0) + 1
        if len(waiting) > STRANGERS_REMEMBERED:
            del waiting[next(iter(waiting))]
        return count

    def take(self, key: tuple[str, str], hour: int) -> int:
        """Return how many calls a name has made in this hour, and forget it: it becomes known."""
        if hour != self.hour or not self.waiting:
            return 0
        return self.waiting.pop(_number_of(key), 0)

    def take_news(self) -> int | None:
        """Return about how many names there are, each time the calls have doubled."""
        if self.calls < self.told_at:
            return None
        self.told_at = 2 * self.calls
        return round(SubjectSketch(self.names).estimate())


def is_refused(event: AccessEvent) -> bool:
    """Whether a call was denied or failed; who is throttled, or met a failure of the service, not.

    Neither says that the caller tries names.
    """
    return event.outcome not in {Outcome.SUCCESS, Outcome.THROTTLED} and not event.is_fault


def is_enough(calls: int) -> bool:
    """Whether a name was refused often enough to be known, for the rule on failed calls."""
    return calls >= STRANGERS_REFUSED_TO_BE_KNOWN


def _number_of(key: tuple[str, str]) -> int:
    text = "\0".join(key).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")
