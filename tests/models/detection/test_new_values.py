"""What a principal had not shown before is noted in its open hour, with how surprising it is."""

from simulated_week import DAY, START, event

from models.detection.new_values import note_hour, note_newcomer, note_values
from models.estimators.new_days import NewDays
from models.observation.tokens import Token
from models.observation.window import Window
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import PrincipalState

_NETWORK = Token("network", 77_001, "198.51.100.0/24")


def _memory() -> tuple[DetectorMemory, PrincipalState]:
    memory = DetectorMemory(50.0, 2.0)
    state = memory.add(("A1", "app-1"), "application", START)
    state.novelty.learn_token(9)
    return memory, state


def _hour(day: float, hour: int = 9) -> Window:
    return Window(index=int((START + day * DAY) // 3600) + hour)


def test_a_new_network_of_a_settled_principal_is_a_surprise() -> None:
    memory, state = _memory()
    window = _hour(10)
    note_values(memory, state, window, [_NETWORK])
    new = window.new[_NETWORK.number]
    assert (new.feature, new.text) == ("network", "198.51.100.0/24")
    assert new.surprise > 1.0


def test_a_known_one_is_not_noted() -> None:
    memory, state = _memory()
    state.novelty.learn_token(_NETWORK.number)
    window = _hour(10)
    note_values(memory, state, window, [_NETWORK])
    assert window.new == {}


def test_people_roam() -> None:
    memory, state = _memory()
    machine, person = _hour(10), _hour(10)
    note_values(memory, state, machine, [_NETWORK])
    state.facts.is_person = True
    note_values(memory, state, person, [_NETWORK])
    assert 0.0 < person.new[_NETWORK.number].surprise < machine.new[_NETWORK.number].surprise


def test_in_its_first_days_nothing_is_a_surprise_that_all_others_know() -> None:
    memory, state = _memory()
    window = _hour(2)
    note_values(memory, state, window, [_NETWORK])
    assert window.new[_NETWORK.number].surprise == 0.0


def test_the_middle_of_the_night_is_noted_and_the_next_hour_is_no_news() -> None:
    memory, state = _memory()
    far, near = _hour(10, 20), _hour(10, 10)
    note_hour(memory, state, far)
    note_hour(memory, state, near)
    assert far.new[20].feature == "far_hour"
    assert far.new[20].surprise > 0.0
    assert near.new[10].surprise == 0.0


def test_a_newcomer_among_settled_ones_is_told_as_one() -> None:
    memory, state = _memory()
    memory.fleet.started = START - 30 * DAY
    memory.fleet.mature_days = 900.0
    window = _hour(0, 1)
    note_newcomer(memory, event(3600, 20), state, window)
    assert memory.is_newcomer(state)
    assert window.new[-1].feature == "principal"
    assert window.new[-1].surprise > 2.0


def test_a_new_network_of_one_that_roams_each_day_is_hardly_a_surprise() -> None:
    memory, state = _memory()
    settled, roaming = _hour(10), _hour(10)
    note_values(memory, state, settled, [_NETWORK])
    state.facts.new_days = NewDays()
    for _ in range(9):
        state.facts.new_days.learn_day(["network"])
    note_values(memory, state, roaming, [_NETWORK])
    assert roaming.new[_NETWORK.number].surprise < 0.3 * settled.new[_NETWORK.number].surprise
