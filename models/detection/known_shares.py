"""The share of all known buyers, suppliers and transactions that a principal has read."""

from collections.abc import Mapping
from typing import Final

from models.observation.subject_sketch import SubjectSketch
from models.observation.window import Window
from models.state.principal_state import PrincipalState
from models.tuning.detection import LEAST_KNOWN_SUBJECTS, SHARE_PERIOD_DAYS

REGISTERS: Final = 64
_DIGITS: Final = 4


def known_shares(
    state: PrincipalState, window: Window, fleet: Mapping[str, bytearray]
) -> dict[str, float]:
    """Return the shares of today and of the last days, including the open hour.

    Parameters
    ----------
    state
        What the principal has read in closed hours.
    window
        Its open hour.
    fleet
        Registers of the subjects that all principals have read, by kind of subject.

    Returns
    -------
    dict
        Such as ``buyers`` for today, ``buyers_in_7_days``, ``buyers_in_30_days``; each 0 to 1.
        The periods are fixed blocks of 7 and 30 days, counted from 1970-01-01.
    """
    shares: dict[str, float] = {}
    for what in {**state.facts.subjects, **window.subjects}:
        everybody = SubjectSketch(fleet[what]).estimate() if what in fleet else 0.0
        if everybody >= LEAST_KNOWN_SUBJECTS:
            for number, days in enumerate(SHARE_PERIOD_DAYS):
                name = what if days == 1 else f"{what}_in_{days}_days"
                read = _read(state, window, what, number).estimate()
                shares[name] = round(min(1.0, read / everybody), _DIGITS)
    return shares


def subjects_today(state: PrincipalState, window: Window) -> float:
    """Return about how many distinct subjects of all kinds were read today."""
    kinds = {**state.facts.subjects, **window.subjects}
    return sum(_read(state, window, what, 0).estimate() for what in kinds)


def _read(state: PrincipalState, window: Window, what: str, number: int) -> SubjectSketch:
    sketch, facts = SubjectSketch.of_a_long_time(), state.facts
    kept = facts.subjects.get(what)
    length = SHARE_PERIOD_DAYS[number]
    if kept is not None and facts.subject_day // length == window.index // 24 // length:
        # A day is merged into its period when it ends.
        for place in {0, number}:
            part = kept[place * REGISTERS : (place + 1) * REGISTERS]
            sketch.merge(SubjectSketch(part))
    if what in window.subjects:
        sketch.merge(SubjectSketch(window.subjects[what]))
    return sketch
