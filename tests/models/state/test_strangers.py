from models.state.snapshot import pack_state, unpack_state
from models.state.strangers import Strangers, is_enough
from models.tuning.state import (
    STRANGERS_LEAST_REFUSED,
    STRANGERS_REFUSED_TO_BE_KNOWN,
    STRANGERS_REMEMBERED,
)


def refuse_many(strangers: Strangers, count: int, hour: int = 7) -> None:
    for number in range(count):
        strangers.refuse(("A1", f"made-up-{number}"), hour, hour * 3600.0 + number)


def test_the_calls_of_a_name_are_counted_until_they_are_enough() -> None:
    strangers = Strangers()
    counts = [strangers.refuse(("A1", "app-1"), 7, 25_200.0) for _ in range(25)]
    assert counts == list(range(1, 26))
    assert [is_enough(count) for count in counts].index(True) == STRANGERS_REFUSED_TO_BE_KNOWN - 1


def test_the_number_of_names_is_told_each_time_the_calls_have_doubled() -> None:
    strangers, told = Strangers(), []
    for number in range(4 * STRANGERS_LEAST_REFUSED):
        strangers.refuse(("A1", f"made-up-{number}"), 7, 25_200.0)
        names = strangers.take_news()
        if names is not None:
            told.append((strangers.calls, names))
    assert [calls for calls, _ in told] == [STRANGERS_LEAST_REFUSED * n for n in (1, 2, 4)]
    assert all(0.8 * calls < names < 1.2 * calls for calls, names in told)


def test_however_many_names_come_few_are_kept() -> None:
    strangers = Strangers()
    refuse_many(strangers, 5 * STRANGERS_REMEMBERED)
    assert len(strangers.waiting) == STRANGERS_REMEMBERED
    assert len(pack_state(strangers)) < 20 * STRANGERS_REMEMBERED


def test_another_hour_begins_at_nought_and_an_earlier_one_does_not_come_back() -> None:
    strangers = Strangers()
    refuse_many(strangers, 10)
    assert strangers.refuse(("A1", "made-up-1"), 8, 28_800.0) == 1
    assert strangers.calls == 1
    strangers.refuse(("A1", "made-up-2"), 7, 25_300.0)
    assert (strangers.hour, strangers.calls, strangers.since_seconds) == (8, 2, 28_800.0)


def test_who_becomes_known_is_no_stranger_any_more() -> None:
    strangers = Strangers()
    refuse_many(strangers, 3)
    assert strangers.take(("A1", "made-up-1"), 7) == 1
    assert strangers.take(("A1", "made-up-1"), 7) == 0
    assert strangers.take(("A1", "made-up-2"), 8) == 0


def test_a_snapshot_holds_all() -> None:
    strangers = Strangers()
    refuse_many(strangers, 300)
    assert unpack_state(pack_state(strangers), Strangers) == strangers
