"""Counts the results of the records of an input."""

from collections import Counter

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.domain.seller_notice import is_request_note
from streams.sources.formats.event_parser import Parsed


class Tally:
    """Counts events, dead letters, and skipped records by reason.

    Examples
    --------
    >>> from streams.sources.formats.skipped import Skipped
    >>> tally = Tally()
    >>> tally.count(Skipped("digest"))
    >>> str(tally)
    '0 events, 1 skipped (1 digest), 0 dead letters'
    """

    def __init__(self) -> None:
        self.events = 0
        self.reused_ids = 0
        self.dead_letters = 0
        self.skipped: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """How many records were counted."""
        return self.events + self.dead_letters + self.skipped.total()

    def count(self, item: Parsed) -> None:
        """Count the result of one record."""
        if isinstance(item, AccessEvent):
            # A line of a log is one event to people, whatever is noted beside it.
            self.events += not is_request_note(item)
            self.reused_ids += item.reused_id
        elif isinstance(item, DeadLetter):
            self.dead_letters += 1
        else:
            self.skipped[item.reason] += 1

    def __str__(self) -> str:
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.skipped.most_common())
        detail = f" ({reasons})" if reasons else ""
        reused = f" ({self.reused_ids} with a reused id)" if self.reused_ids else ""
        return (
            f"{self.events} events{reused}, {self.skipped.total()} skipped{detail}, "
            f"{self.dead_letters} dead letters"
        )
