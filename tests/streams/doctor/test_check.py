import pytest

from streams.doctor.check import Check, State, exit_code


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ([], 0),
        ([State.OK, State.ADVICE, State.UNCHECKED], 0),
        ([State.OK, State.BROKEN, State.ADVICE], 1),
    ],
)
def test_only_what_is_broken_fails(states: list[State], code: int) -> None:
    assert exit_code([Check("logs", state, "so it is") for state in states]) == code
