from datetime import UTC, datetime

import pytest

from streams.web.page_clock import PageClock

WALL = datetime(2026, 1, 26, 3, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("newest", [None, WALL - 900, WALL + 60])
def test_live_pages_follow_the_wall(newest: float | None) -> None:
    clock = PageClock(lambda: newest, lambda: WALL)
    assert not clock.is_replayed()
    assert clock.now() == clock.wall()


def test_a_replayed_log_brings_its_own_time() -> None:
    clock = PageClock(lambda: 1_700_000_000.0, lambda: WALL)
    assert clock.is_replayed()
    assert clock.now().timestamp() == 1_700_000_000.0
    assert clock.wall().timestamp() == WALL
