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


@pytest.mark.parametrize("paged", [True, False])
def test_a_paged_day_teaches_the_cohort_but_not_its_reader(paged: bool) -> None:
    memory = DetectorMemory(prior_days=50.0, cohort_weight=2.0)
    state = memory.add(("A1", "user-1"), "user", first_seen=0.0)
    state.facts.is_person = state.facts.has_objects = True
    state.facts.most_sudden = 40.0
    if paged:
        state.facts.gate(state.facts.day)
    close_day(memory, {})
    assert memory.cohort(state.facts.cohort).first_reads.state.total > 0.9
    assert (state.facts.usual_new is None) == paged


def test_a_machine_loads_all_it_needs_on_its_first_days() -> None:
    memory = DetectorMemory(prior_days=50.0, cohort_weight=2.0)
    state = memory.add(("A1", "app-1"), "application", first_seen=0.0)
    totals = []
    for _ in range(4):
        state.facts.has_objects, state.facts.most_sudden = True, 40.0
        close_day(memory, {})
        totals.append(memory.cohort(state.facts.cohort).first_reads.state.total)
    assert totals[0] == totals[1] == 0.0 < totals[2] < totals[3]


@pytest.mark.parametrize("paged", [True, False])
def test_a_paged_day_makes_no_habit_of_new_networks(paged: bool) -> None:
    memory = DetectorMemory(prior_days=50.0, cohort_weight=2.0)
    state = memory.add(("A1", "app-1"), "application", first_seen=0.0)
    close_day(memory, {})
    state.facts.today[0], state.facts.own_new_today = 20.0, {"network": None}
    if paged:
        state.facts.gate(state.facts.day)
    close_day(memory, {})
    habit = state.facts.new_days
    assert (habit is None or "network" not in habit.new) == paged
    assert state.facts.own_new_today == {}
