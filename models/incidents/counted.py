"""What the number of records of a class counts."""

from enum import StrEnum


class Counted(StrEnum):
    """Records that a log told, objects that calls named, or records estimated from bytes or calls.

    Examples
    --------
    >>> Counted.ESTIMATES.of("customer_records", 1218.0)
    'about 1,218 customer records'
    >>> Counted.OBJECTS.of("customer_records", 1218.0), Counted.OBJECTS.of("bytes", 5.0)
    ('1,218 customer objects', '5 bytes')
    """

    RECORDS = "records"
    OBJECTS = "objects"
    ESTIMATES = "estimates"

    def of(self, feature: str, observed: float) -> str:
        """Return a number of a feature in words."""
        number, what = f"{observed:,.0f}", feature.replace("_", " ")
        # The feature `records` itself holds only what logs have told.
        if self is Counted.RECORDS or not feature.endswith("_records"):
            return f"{number} {what}"
        if self is Counted.OBJECTS:
            return f"{number} {what.removesuffix('records')}objects"
        return f"about {number} {what}"
