"""What a principal did in one hour."""

from functools import lru_cache
from typing import Final

import msgspec

from models.domain.access_event import AccessEvent, Outcome
from models.domain.data_class import DataClass
from models.domain.time_units import HOURS_A_DAY
from models.observation.features import (
    BYTES,
    CLASS_OF,
    FAILURES,
    FEATURES,
    FIRST_CLASS,
    LARGEST_READ,
    MISSING,
    NEW_SUBJECTS,
    RECORDS,
    SECRETS,
    SUBJECTS,
    UNCLASSIFIED,
)
from models.observation.seen_subjects import SeenSubjects
from models.observation.subject_sketch import SubjectSketch, count_into
from models.tuning.observation import (
    WINDOW_BYTES_A_RECORD,
    WINDOW_CLASS_SETS_REMEMBERED,
    WINDOW_NEW_VALUES_KEPT,
    WINDOW_NEW_VALUES_SCORED,
    WINDOW_OTHERS_WEIGHT,
)

LARGEST_COUNT: Final = 10**15
# Place in `Window.rescore_at` of the limit for `Window.sequential`.
SEQUENCE: Final = len(FEATURES)
# A secret is restricted and exposes no seller data itself.
_NO_DATA: Final = ((), (DataClass.NONE,))
_EMPTY: Final = [0.0, *[MISSING] * (len(FEATURES) - 1)]
_AT_ONCE: Final = [0.0] * (len(FEATURES) + 1)
_SKETCH_OF: Final = {3: "buyers", 4: "buyers", 5: "transactions", 6: "suppliers"}


class NewValue(msgspec.Struct, array_like=True, frozen=True):
    """A value that is new for a principal, and how surprising that is."""

    feature: str
    text: str
    surprise: float


class Window(msgspec.Struct, array_like=True, kw_only=True):
    """Counts of one principal's hour, in the order of `FEATURES`; -1 if no log gave any.

    Examples
    --------
    >>> Window(index=1).features()
    {}
    """

    index: int
    values: list[float] = msgspec.field(default_factory=_EMPTY.copy)
    listings: int = 0
    # Sketches of the subjects by kind: buyers, transactions, suppliers.
    subjects: dict[str, bytearray] = {}
    # Token -> what is new about it.
    new: dict[int, NewValue] = {}
    # The values at which the next rescore is due, followed by that of `sequential`.
    rescore_at: list[float] = msgspec.field(default_factory=_AT_ONCE.copy)
    # How many new values the last look has seen; -1 if one is worth another look.
    known_new: int = 0
    # Whether its events belong to the open incident, and whether it stays out of the baseline.
    unusual: bool = False
    anomalous: bool = False
    is_sensitive: bool = False
    # Sequential ids that were requested.
    sequential: int = 0
    # Whether the first read of data is worth a score, whatever the habits say.
    is_watched: bool = True
    # Reads of subjects; a subject that is read twice counts twice.
    subject_reads: int = 0
    # By feature: how many values were noted as new, and the most surprising of them.
    new_counts: dict[str, int] = {}
    strangest: dict[str, NewValue] = {}
    # How often the hour was scored.
    scores: int = 0
    # Of the subjects that are new to the principal, those that others have read before.
    others_subjects: float = 0.0
    # Subjects that calls without records or bytes have named.
    objects: int = 0
    # Kept in its place: earlier releases wrote it. Now it is `NEW_SUBJECTS` of `values`.
    new_objects: float = 0.0
    # How far back its requests reach at most, in seconds, -1 if none tells; and how far they
    # usually do, if that is much less, else -1.
    reach_seconds: float = -1.0
    usual_reach_seconds: float = -1.0

    def __post_init__(self) -> None:
        """Rescore at once if a snapshot of earlier code has fewer limits."""
        if len(self.rescore_at) <= SEQUENCE:
            self.rescore_at = _AT_ONCE.copy()
        if self.new and not self.new_counts:
            for new in self.new.values():
                self._compare(new)

    def note_new(self, number: int, new: NewValue) -> None:
        """Note a new value; of too many of its feature only that there was one more.

        The hour is due for a score while they are few, and when one is more surprising than all
        before.
        """
        is_stranger, count = self._compare(new)
        is_kept = count <= WINDOW_NEW_VALUES_KEPT or number in self.new
        if is_kept:
            self.new[number] = new
        if is_stranger or count <= WINDOW_NEW_VALUES_SCORED:
            self.known_new = -1
        elif is_kept and self.known_new >= 0:
            self.known_new = len(self.new)

    def _compare(self, new: NewValue) -> tuple[bool, int]:
        count = self.new_counts[new.feature] = self.new_counts.get(new.feature, 0) + 1
        strangest = self.strangest.get(new.feature)
        is_stranger = new.surprise > (0.0 if strangest is None else strangest.surprise)
        if is_stranger:
            self.strangest[new.feature] = new
        return is_stranger, count

    def add(
        self,
        event: AccessEvent,
        seen: SeenSubjects | None = None,
        seen_by_all: SeenSubjects | None = None,
    ) -> bool:
        """Count one event; return whether the hour has changed enough for a rescore.

        Parameters
        ----------
        event
            The event, of this hour.
        seen, seen_by_all
            What the principal and all principals have read; None counts no first reads. Where a
            log counts records, they are not looked for.
        """
        values, look = self.values, self.rescore_at
        values[0] += 1.0
        due = values[0] >= look[0] or len(self.new) != self.known_new
        if event.sequential_ids > 0:
            self.sequential = min(LARGEST_COUNT, self.sequential + event.sequential_ids)
            due = due or self.sequential >= look[SEQUENCE]
        if event.outcome is not Outcome.SUCCESS:
            return self._add_failure(event) or due
        records, size = event.records, event.bytes
        units = 1.0
        if records is not None and records >= 0:
            units = float(records) if records < LARGEST_COUNT else float(LARGEST_COUNT)
            count = values[RECORDS]
            count = values[RECORDS] = units if count < 0.0 else count + units
            if units > values[LARGEST_READ]:
                values[LARGEST_READ] = units
                due = due or units >= look[LARGEST_READ]
            due = due or count >= look[RECORDS]
        if size is not None and size >= 0:
            volume = values[BYTES] if values[BYTES] > 0.0 else 0.0
            volume = values[BYTES] = volume + (size if size < LARGEST_COUNT else LARGEST_COUNT)
            due = due or volume >= look[BYTES]
            if records is None:
                units = max(1.0, min(size, LARGEST_COUNT) / WINDOW_BYTES_A_RECORD)
        elif records is None and event.subject_ids:
            units = float(len(event.subject_ids))
            self.objects += len(event.subject_ids)
        places, subject = _places_of(event.data_classes)
        for place in places:
            count = values[place]
            count = values[place] = units if count < 0.0 else count + units
            due = due or count >= look[place] or (self.is_watched and not self.is_sensitive)
            self.is_sensitive = True
        if event.subject_ids:
            due = self._add_subjects(event.subject_ids, subject) or due
            if seen is not None and places and records is None:
                due = self._add_first_reads(event, seen, seen_by_all) or due
        if event.operation.startswith("List"):
            self.listings += 1
        if event.restricted and event.data_classes in _NO_DATA:
            values[SECRETS] = max(0.0, values[SECRETS]) + 1.0
            due = due or values[SECRETS] >= look[SECRETS]
        return due

    def _add_failure(self, event: AccessEvent) -> bool:
        if event.outcome is Outcome.THROTTLED or event.is_fault:
            return False
        self.values[FAILURES] = max(0.0, self.values[FAILURES]) + 1.0
        return self.values[FAILURES] >= self.rescore_at[FAILURES]

    def _add_subjects(self, subject_ids: tuple[int, ...], what: str) -> bool:
        registers = self.subjects.get(what)
        if registers is None:
            registers = self.subjects[what] = SubjectSketch.of_an_hour().registers
        count_into(registers, subject_ids)
        self.subject_reads += len(subject_ids)
        return self.subject_reads >= self.rescore_at[SUBJECTS]

    def _add_first_reads(
        self, event: AccessEvent, seen: SeenSubjects, seen_by_all: SeenSubjects | None
    ) -> bool:
        """Count the subjects that the principal, and anybody else, reads for the first time."""
        day = self.index // HOURS_A_DAY
        fresh = seen.add(event.subject_ids, day)
        if not fresh:
            return False
        new = len(fresh) * seen.weight
        values = self.values
        values[NEW_SUBJECTS] = max(0.0, values[NEW_SUBJECTS]) + new
        if seen_by_all is not None and (common := seen_by_all.sampled(fresh)):
            # A full memory takes new subjects for known ones: that chance is taken out.
            missed = seen_by_all.weight_in_sample
            known = len(common) - len(seen_by_all.add(common, day)) * missed
            self.others_subjects += known * seen.weight * len(fresh) / len(common)
        return values[NEW_SUBJECTS] >= self.rescore_at[NEW_SUBJECTS]

    def add_refused(self, calls: int) -> None:
        """Count refused calls that were made before anything else was known."""
        if calls > 0:
            self.values[0] += calls
            self.values[FAILURES] = max(0.0, self.values[FAILURES]) + calls

    def count_subjects(self) -> None:
        """Update the feature of distinct subjects."""
        if self.subjects:
            self.values[SUBJECTS] = float(self.distinct_subjects)

    @property
    def distinct_subjects(self) -> int:
        """About how many subjects of all kinds were read."""
        total = 0.0
        for registers in self.subjects.values():
            total += SubjectSketch(registers).estimate()
        return round(total)

    def features(self) -> dict[str, float]:
        """Return the features that are scored and learnt; missing counts are left out."""
        return {
            name: value for name, value in zip(FEATURES, self.values, strict=True) if value > 0.0
        }

    @property
    def first_reads(self) -> float:
        """Subjects that are new to the principal; those that others usually read count more."""
        return self.values[NEW_SUBJECTS] + WINDOW_OTHERS_WEIGHT * self.others_subjects

    @property
    def sensitive_records(self) -> float:
        """Records of the most-read sensitive class; a call without a count is one record."""
        most = max(self.values[FIRST_CLASS:NEW_SUBJECTS])
        return most if most > 0.0 else 0.0

    @property
    def is_unclassified(self) -> bool:
        """Whether all that was read is data that nobody has classified."""
        known = max(self.values[FIRST_CLASS:UNCLASSIFIED])
        return self.values[UNCLASSIFIED] > 0.0 >= max(known, self.values[SECRETS])


@lru_cache(maxsize=WINDOW_CLASS_SETS_REMEMBERED)
def _places_of(data_classes: tuple[DataClass, ...]) -> tuple[tuple[int, ...], str]:
    """Return the features of some classes, and the kind of their subjects."""
    places = tuple(CLASS_OF[name] for name in data_classes if name in CLASS_OF)
    return places, _SKETCH_OF.get(places[0], "subjects") if places else "subjects"


def sane_count(value: int | None) -> int | None:
    """Return a count that is safe to add; None if the log gave none or an impossible one.

    Examples
    --------
    >>> sane_count(-3), sane_count(7)
    (None, 7)
    """
    if value is None or value < 0:
        return None
    return min(int(value), LARGEST_COUNT)
