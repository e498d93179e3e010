"""The truth about a benign disturbance."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Confounder:
    """Something unusual and harmless; times are seconds since 1970-01-01 UTC."""

    kind: str
    principals: tuple[str, ...]
    start: float
    end: float
