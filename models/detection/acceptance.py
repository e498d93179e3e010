"""What benign verdicts accept: the scores of what was judged, up to ten times its size."""

from collections.abc import Mapping, Sequence
from typing import Final

from models.observation.features import CALLS, RECORDS, bin_of
from models.observation.window import Window
from models.state.principal_state import PrincipalState
from models.tuning.detection import ACCEPTED_GROWTH

_OF_AN_HOUR: Final = frozenset({"hour", "novelty"})


def drop_accepted(state: PrincipalState, window: Window, scores: dict[str, float]) -> None:
    """Set the scores to zero that a benign verdict accepts.

    An hour must be as small as the verdict says, and for what is scored over days, the day so far.
    """
    facts = state.facts
    if not facts.accepted_incidents:
        return
    hour = _volume(window.values)
    day = hour + _volume(state.rest_of_day(window))
    for accepted in facts.accepted_incidents:
        limit = accepted_size(accepted.records)
        for name, highest in accepted.scores.items():
            volume = hour if name in _OF_AN_HOUR else day
            if volume <= limit and scores.get(name, 0.0) <= highest:
                scores[name] = 0.0


def accepted_size(judged_records: float) -> float:
    """Return up to which size a benign verdict holds.

    Examples
    --------
    >>> accepted_size(2_400)
    24000.0
    """
    return ACCEPTED_GROWTH * judged_records


def is_accepted_hour(bins: Mapping[int, int], judged_records: float) -> bool:
    """Whether an hour that was held back is small enough to be learnt after a verdict.

    Examples
    --------
    >>> is_accepted_hour({RECORDS: bin_of(9_000)}, 1_000), is_accepted_hour({CALLS: 20}, 2)
    (True, False)
    """
    volume = bins.get(RECORDS) or bins.get(CALLS, 0)
    return volume <= bin_of(accepted_size(judged_records))


def _volume(values: Sequence[float]) -> float:
    return values[RECORDS] if values[RECORDS] > 0.0 else values[CALLS]
