"""Tests of the offset tracker."""

from hypothesis import given
from hypothesis import strategies as st

from streams.sources.flow.offset_tracker import OffsetTracker


@given(st.lists(st.integers(1, 3), max_size=12), st.randoms())
def test_a_stream_is_done_up_to_the_first_item_that_is_not(sizes: list[int], rng) -> None:
    tracker = OffsetTracker(0)
    records = [tracker.add_all(count, n, n + 1) for n, count in enumerate(sizes)]
    places = [place for record in records for place in record]
    rng.shuffle(places)
    for place in places:
        place.is_done = True
        safe = 0
        while safe < len(records) and all(entry.is_done for entry in records[safe]):
            safe += 1
        assert tracker.settle() == safe
    assert tracker.is_settled
