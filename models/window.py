"""What a principal did in one hour."""

from typing import Final

import msgspec

from models.access_event import AccessEvent, Outcome
from models.data_class import DataClass

_SUBJECTS_KEPT: Final = 20_000
LARGEST_COUNT: Final = 10**15


class Window(msgspec.Struct, array_like=True, kw_only=True):
    """Counts of one principal's hour; what no log said stays None.

    Examples
    --------
    >>> Window().features()
    {'calls': 0.0}
    """

    calls: int = 0
    records: int | None = None
    bytes: int | None = None
    secrets: int = 0
    listings: int = 0
    records_of: dict[DataClass, int] = {}
    calls_of: dict[DataClass, int] = {}
    subjects: set[int] = set()
    # Feature -> (surprise, value) of the most surprising new value.
    new_values: dict[str, tuple[float, str]] = {}
    anomalous: bool = False

    def add(self, event: AccessEvent) -> None:
        """Count one event."""
        self.calls += 1
        if event.outcome is not Outcome.SUCCESS:
            return
        records, size = sane_count(event.records), sane_count(event.bytes)
        if records is not None:
            self.records = (self.records or 0) + records
        if size is not None:
            self.bytes = (self.bytes or 0) + size
        if event.operation.startswith("List"):
            self.listings += 1
        sensitive = [name for name in event.data_classes if name.is_sensitive]
        if event.restricted and not sensitive:
            self.secrets += 1
        for name in sensitive:
            self.calls_of[name] = self.calls_of.get(name, 0) + 1
            if records is not None:
                self.records_of[name] = self.records_of.get(name, 0) + records
        if len(self.subjects) < _SUBJECTS_KEPT:
            self.subjects.update(event.subject_ids)

    def features(self) -> dict[str, float]:
        """Return the features that are scored and learnt; missing counts are left out."""
        x = {"calls": float(self.calls)}
        if self.records is not None:
            x["records"] = float(self.records)
        if self.bytes is not None:
            x["bytes"] = float(self.bytes)
        if self.secrets:
            x["secrets"] = float(self.secrets)
        for name, records in self.records_of.items():
            x[f"{name}_records"] = float(records)
        return x

    @property
    def sensitive_records(self) -> int:
        """Records of sensitive classes, a call without a count as one."""
        return max((max(self.records_of.get(c, 0), n) for c, n in self.calls_of.items()), default=0)


def sane_count(value: int | None) -> int | None:
    """Return a count that arithmetic survives; None where a log gave none or a wrong one.

    Examples
    --------
    >>> sane_count(-3), sane_count(7)
    (None, 7)
    """
    if value is None or value < 0:
        return None
    return min(int(value), LARGEST_COUNT)
