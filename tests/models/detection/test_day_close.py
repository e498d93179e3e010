"""What a day leaves behind when it closes."""

import pytest

from models.detection.day_close import close_day
from models.state.detector_memory import DetectorMemory


@pytest.mark.parametrize("paged", [True, False])
def test_the_most_sudden_hour_of_a_day_says_nothing_of_the_next(paged: bool) -> None:
    memory = DetectorMemory(prior_days=50.0, cohort_weight=2.0)
    state = memory.add(("A1", "user-1"), "user", first_seen=0.0)
    state.facts.has_objects, state.facts.most_sudden = True, 900.0
    if paged:
        state.facts.gate(state.facts.day)
    close_day(memory, {})
    assert (state.facts.has_objects, state.facts.most_sudden) == (False, 0.0)
