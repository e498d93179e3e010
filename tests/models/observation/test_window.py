from random import Random

from msgspec.structs import replace

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.observation.features import NEW_SUBJECTS
from models.observation.seen_subjects import SeenState, SeenSubjects
from models.observation.window import NewValue, Window
from models.state.snapshot import pack_state, unpack_state
from models.tuning.observation import WINDOW_NEW_VALUES_KEPT, WINDOW_NEW_VALUES_SCORED


def noted(window: Window, number: int, surprise: float, feature: str = "network") -> bool:
    """Note a value after a look; return whether it is worth another look."""
    window.known_new = len(window.new)
    window.note_new(number, NewValue(feature, f"value {number}", surprise))
    return len(window.new) != window.known_new


def test_the_first_new_values_of_a_feature_are_worth_a_look_each() -> None:
    window = Window(index=1)
    looks = [noted(window, number, 1.0) for number in range(200)]
    assert looks == [number < WINDOW_NEW_VALUES_SCORED for number in range(200)]
    assert noted(window, 999, 0.5, "user_agent")


def test_of_too_many_new_values_only_the_number_is_kept() -> None:
    window = Window(index=1)
    for number in range(200):
        noted(window, number, 1.0)
    assert len(window.new) == WINDOW_NEW_VALUES_KEPT
    assert window.new_counts == {"network": 200}


def test_a_more_surprising_value_is_worth_a_look_however_many_there_were() -> None:
    window = Window(index=1)
    for number in range(200):
        noted(window, number, 1.0)
    assert noted(window, 999, 1.5)
    assert window.strangest["network"].text == "value 999"


def test_a_value_that_is_worth_a_look_is_not_hidden_by_one_that_is_not() -> None:
    window = Window(index=1)
    for number in range(20):
        noted(window, number, 1.0)
    window.note_new(50, NewValue("country", "DE", 1.0))
    window.note_new(51, NewValue("network", "one more", 1.0))
    assert len(window.new) != window.known_new


def test_an_hour_of_an_earlier_release_knows_its_strangest_values() -> None:
    older = [1, [0.0] * 13, 0, {}, {7: ["network", "a", 1.0], 8: ["network", "b", 2.0]}]
    window: Window = unpack_state(pack_state(older), Window)
    assert window.strangest == {"network": NewValue("network", "b", 2.0)}
    assert window.new_counts == {"network": 2}


def test_a_million_objects_of_one_reader_are_nobody_else_s() -> None:
    rng, window = Random(7), Window(index=24)
    seen, seen_by_all = SeenSubjects(SeenState(), 1024), SeenSubjects(SeenState(), 16_384)
    for _ in range(1_000):
        window.add(a_read(*(rng.getrandbits(64) for _ in range(1_000))), seen, seen_by_all)
    assert abs(window.others_subjects) < 10_000
    assert 900_000 < window.values[NEW_SUBJECTS] < 1_100_000


def test_objects_that_others_have_read_are_counted_as_theirs() -> None:
    rng, window = Random(7), Window(index=24)
    seen_by_all = SeenSubjects(SeenState(), 16_384)
    files = [rng.getrandbits(64) for _ in range(5_000)]
    for name in files:
        Window(index=24).add(a_read(name), SeenSubjects(SeenState(), 1024), seen_by_all)
    seen = SeenSubjects(SeenState(), 1024)
    for name in files[:1_000] + [rng.getrandbits(64) for _ in range(1_000)]:
        window.add(a_read(name), seen, seen_by_all)
    assert 850 < window.others_subjects < 1_150


def a_read(*subjects: int) -> AccessEvent:
    return AccessEvent(
        event_id="r-1", time=86_400.0, tenant="A1", principal="app-1", service="s3",
        principal_kind=PrincipalKind.APPLICATION, operation="GetObject",
        outcome=Outcome.SUCCESS, data_classes=(DataClass.CUSTOMER,), subject_ids=subjects,
    )  # fmt: skip


def test_first_reads_are_counted_beside_bytes_too() -> None:
    window, seen = Window(index=1), SeenSubjects(SeenState(), 1024)
    call = a_read(*(Random(number).getrandbits(64) for number in range(50)))
    for _ in range(2):
        window.add(replace(call, bytes=70_000), seen)
    assert 45 < window.values[NEW_SUBJECTS] < 55
    assert window.objects == 0


def test_what_others_usually_read_counts_more_than_what_nobody_does() -> None:
    rng = Random(9)
    theirs, nobodys = ([rng.getrandbits(64) for _ in range(200)] for _ in range(2))
    sizes = []
    for names in (theirs, nobodys):
        seen_by_all = SeenSubjects(SeenState(), 16_384)
        Window(index=1).add(a_read(*theirs), SeenSubjects(SeenState(), 1024), seen_by_all)
        window = Window(index=2)
        window.add(a_read(*names), SeenSubjects(SeenState(), 1024), seen_by_all)
        sizes.append(window.first_reads / window.values[NEW_SUBJECTS])
    assert sizes[0] > 2.5
    assert sizes[1] < 1.2
