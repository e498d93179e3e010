import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.exporters.distinct_sketch import DistinctSketch

HASHES = st.lists(st.integers(min_value=0, max_value=2**64 - 1), max_size=400)


@given(HASHES)
def test_few_are_counted_exactly(hashes: list[int]) -> None:
    sketch = DistinctSketch(size=512)
    sketch.update(hashes)
    sketch.update(hashes)
    assert sketch.count() == len(set(hashes))


@pytest.mark.parametrize("number", [600, 5_000, 200_000])
def test_many_are_counted_within_three_standard_errors(number: int) -> None:
    rng = random.Random(number)
    hashes = [rng.getrandbits(64) for _ in range(number)]
    sketch = DistinctSketch(size=512)
    for start in range(0, number, 100):
        sketch.update(hashes[start : start + 100])
        sketch.update(hashes[: min(start, 50)])
    assert sketch.count() == pytest.approx(number, rel=3 / 510**0.5)


def test_memory_is_bounded() -> None:
    rng = random.Random(1)
    sketch = DistinctSketch(size=64)
    for _ in range(1000):
        sketch.update([rng.getrandbits(64) for _ in range(10)])
    assert len(sketch._kept) <= 2 * 64 + 10
