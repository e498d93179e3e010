from random import Random

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.observation.seen_subjects import SeenState, SeenSubjects
from models.observation.subject_sketch import SubjectSketch
from models.state.common_knowledge import CommonKnowledge
from models.state.detector_memory import DetectorMemory
from models.tuning.observation import SEEN_SUBJECTS_FLEET_BYTES


def memory() -> DetectorMemory:
    return DetectorMemory(50.0, 2.0)


def subjects(seed: int, count: int) -> list[int]:
    rng = Random(seed)
    return [rng.getrandbits(64) for _ in range(count)]


def test_counts_of_cohorts_are_added_and_members_left_out() -> None:
    memories = [memory(), memory()]
    for number, one in enumerate(memories, start=1):
        cohort = one.cohort("application:getOrders")
        for _ in range(number):
            cohort.shape.learn(1, 6, None)
        cohort.state.ratio, cohort.state.expected = 5.0, 4
        cohort.state.shifts = [0.5, number * 0.1]
    memories[1].cohort("user")
    memories[0].everybody.state.shifts = [1.0]
    memories[1].everybody.state.shifts = [3.0, 2.0]
    found = CommonKnowledge.of(memories)
    orders = found.cohorts["application:getOrders"]
    assert sum(orders.shape.absolute.values()) == 3.0
    assert (orders.ratio, orders.expected) == (0.0, 0)
    assert orders.shifts == [0.5, 0.15000000000000002]
    assert sum(found.everybody.shape.absolute.values()) == 3.0
    # The newest days are those of both.
    assert found.everybody.shifts == [3.0, 1.5]
    assert set(found.cohorts) == {"application:getOrders", "user"}
    assert memories[0].everybody.state.shifts == [1.0]


def test_the_calibration_is_added_in_whatever_parts_it_has() -> None:
    memories = [memory(), memory()]
    for one in memories:
        one.calibration.learn_day("user", {"hour": 3.0, "day": 1.0}, ["hour", "day"])
    memories[1].calibration.learn_day("root", {"hour": 5.0}, ["hour"])
    found = CommonKnowledge.of(memories).thresholds
    assert found.keys() == memories[0].calibration.state.keys()
    assert found["tails"]["hour"].total == 3.0
    assert found["usual"]["hour\0user"].total == 2.0
    assert found["usual"]["hour\0root"].total == 1.0
    together = memory()
    together.calibration.restore(found)
    known = together.calibration.combine("user", {"hour": 9.0})
    assert known[0] < memory().calibration.combine("user", {"hour": 9.0})[0]


def test_what_anybody_has_read_is_known_to_all() -> None:
    memories = [memory(), memory()]
    few, many = subjects(1, 50), subjects(2, 5_000)
    memories[0].seen.add(few, day=1)
    memories[1].seen.add(many, day=2)
    assert len(memories[0].fleet.seen.newer) != len(memories[1].fleet.seen.newer)
    for one, read in zip(memories, (few, many), strict=True):
        sketch = SubjectSketch.of_an_hour()
        sketch.add(read)
        one.fleet.subjects["buyers"] = sketch.registers
    found = CommonKnowledge.of(memories)
    seen = SeenSubjects(found.seen, SEEN_SUBJECTS_FLEET_BYTES)
    assert seen.add(few, day=2) == []
    assert seen.add(many[-1000:], day=2) == []
    assert len(seen.add(subjects(3, 1000), day=2)) > 500
    assert 4_000 < SubjectSketch(found.subjects["buyers"]).estimate() < 6_000


def test_nothing_known_stays_nothing() -> None:
    found = CommonKnowledge.of([memory()])
    assert found.seen == SeenState()
    assert (found.cohorts, found.subjects, found.pages, found.delegates) == ({}, {}, [], {})


def test_pages_delegates_and_reports_of_all_are_kept() -> None:
    memories = [memory(), memory()]
    first, second = (one.fleet for one in memories)
    first.recent_pages = [(5.0, "A1", "app-1", 3)]
    second.recent_pages = [(4.0, "A1", "app-2", 3)]
    first.delegates, second.delegates = {1: None, 2: None}, {2: None, 3: None}
    first.usual_reaches, second.usual_reaches = {"": 1.0}, {"": 3.0, "user": 7.0}
    first.newcomers, second.newcomers = 1, 2
    first.mature_days, second.mature_days = 10.0, 20.0
    first.strange_newcomers = 4
    first.reports.note_asked(1, 8.0)
    second.reports.note_asked(2, 7.0)
    first.reports.note_request("a", 1.0)
    second.reports.note_request("a", 0.5)
    second.reports.note_schedule("b", 2.0)
    first.reports.note_log("A1", 3.0)
    second.reports.note_log("A1", 2.0)
    second.reports.waiting[9] = AccessEvent(
        event_id="r", time=1.0, tenant="A1", principal="p", principal_kind=PrincipalKind.SERVICE,
        service="s", operation="o", outcome=Outcome.SUCCESS, data_classes=(DataClass.NONE,),
    )  # fmt: skip
    found = CommonKnowledge.of(memories)
    assert [page[2] for page in found.pages] == ["app-2", "app-1"]
    assert list(found.delegates) == [1, 2, 3]
    assert found.reaches == {"": 2.0, "user": 7.0}
    assert (found.newcomers, found.mature_days, found.strange_newcomers) == (3, 30.0, 4)
    assert found.reports.asked == {2: 7.0, 1: 8.0}
    assert found.reports.requests == {"a": [0.5, 1.0]}
    assert found.reports.scheduled == {"b": 2.0}
    assert found.reports.logged_since == {"A1": 2.0}
    assert found.reports.waiting == {}


def test_networks_that_are_new_to_all_keep_all_their_users() -> None:
    memories = [memory(), memory()]
    first, second = (one.fleet.shared_networks for one in memories)
    first.note(7, ("A1", "app-1"), (1,), 50.0, is_new=True)
    second.note(7, ("A1", "app-2"), (2,), 40.0, is_new=True)
    second.note(8, ("A1", "app-3"), (3,), 60.0, is_new=True)
    first.networks[7].told = 1
    found = CommonKnowledge.of(memories).networks.networks
    assert list(found) == [7, 8]
    assert (found[7].since_seconds, found[7].told) == (40.0, 1)
    assert found[7].unrelated() == ["app-1", "app-2"]
