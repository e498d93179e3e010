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
