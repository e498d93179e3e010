"""Half of all known buyers in a day: when it is found, and when it pages."""

import pytest
from simulated_week import event

from models.rules.known_share import known_share_read


def test_a_share_over_the_limit_and_three_times_the_usual_one_is_found() -> None:
    found = known_share_read(
        event(0.0, records=1), {"buyers": 0.8}, {"buyers": 0.2}, 0.5, pages=True
    )
    assert found is not None
    assert found.page


@pytest.mark.parametrize(("share", "usual"), [(0.5, 0.0), (0.8, 0.3)])
def test_a_share_within_the_limit_or_the_habit_is_not(share: float, usual: float) -> None:
    call = event(0.0, records=1)
    assert known_share_read(call, {"buyers": share}, {"buyers": usual}, 0.5, pages=True) is None


def test_it_is_a_ticket_where_the_allowed_false_pages_leave_no_room_for_it() -> None:
    found = known_share_read(event(0.0, records=1), {"buyers": 0.8}, {}, 0.5, pages=False)
    assert found is not None
    assert not found.page
