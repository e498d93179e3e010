from models.detection.clock_reading import read_clock
from models.state.detector_memory import DetectorMemory

DAY = 86_400.0


def test_those_near_the_clock_agree() -> None:
    memory = DetectorMemory(prior_days=14.0, cohort_weight=8.0)
    for name, seconds in (("a", 9 * DAY), ("b", 9 * DAY - 7000), ("c", 2 * DAY), ("d", 40 * DAY)):
        memory.add(("A1", name), "application", first_seen=seconds)
        memory.clock.advance(name, seconds)
    memory.fleet.late_events_total, memory.fleet.future_events_total = 3, 4
    memory.fleet.time_jumps_total = 5
    found = read_clock(memory)
    assert (found.newest_seconds, found.leader, found.leader_seconds) == (9 * DAY, "d", 40 * DAY)
    assert (found.principals, found.agreeing) == (4, 2)
    assert (found.late, found.future, found.impossible) == (3, 4, 5)
