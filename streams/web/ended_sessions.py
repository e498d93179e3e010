"""The sessions that people have ended before their time."""

from threading import Lock
from typing import Final

_KEPT_OF_A_PERSON: Final = 100


class EndedSessions:
    """Remembers ended sessions until they would expire, a bounded number of each person.

    Whoever ends more than that ends all of their sessions that expire no later: none of them
    comes back to life.

    Examples
    --------
    >>> ended = EndedSessions()
    >>> ended.end("alice", "signature", ends_at_seconds=100, now_seconds=10.0)
    >>> ended.has_ended("alice", "signature", 100), ended.has_ended("alice", "another", 100)
    (True, False)
    """

    def __init__(self) -> None:
        # Log-outs here and those on other workers come from different threads.
        self._lock = Lock()
        self._ended: dict[str, dict[str, int]] = {}
        self._all_until: dict[str, int] = {}

    def end(self, name: str, signature: str, ends_at_seconds: int, now_seconds: float) -> None:
        """End one session of a person."""
        with self._lock:
            known = self._ended.get(name, {})
            kept = {text: ends for text, ends in known.items() if ends > now_seconds}
            kept[signature] = ends_at_seconds
            if len(kept) > _KEPT_OF_A_PERSON:
                self._all_until[name] = max(*kept.values(), self._all_until.get(name, -1))
                kept = {}
            self._ended[name] = kept

    def has_ended(self, name: str, signature: str, ends_at_seconds: int) -> bool:
        """Whether a session has been ended."""
        if ends_at_seconds <= self._all_until.get(name, -1):
            return True
        return signature in self._ended.get(name, {})
