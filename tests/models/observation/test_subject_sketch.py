import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.observation.subject_sketch import SubjectSketch

hashes = st.lists(st.integers(0, 2**64 - 1), max_size=300)


@given(hashes, hashes)
def test_merging_is_counting_both(one, other) -> None:
    merged, whole = SubjectSketch.of_a_long_time(), SubjectSketch.of_a_long_time()
    for part in (one, other):
        hour = SubjectSketch.of_an_hour()
        hour.add(part)
        merged.merge(hour)
        whole.add(part)
    assert merged.registers == whole.registers


@pytest.mark.parametrize("count", [1, 20, 500, 20_000])
def test_the_estimate_is_within_three_standard_errors(count: int) -> None:
    rng, sketch = random.Random(count), SubjectSketch.of_an_hour()
    sketch.add(rng.getrandbits(64) for _ in range(count))
    assert abs(sketch.estimate() - count) <= max(1.0, 3 * 0.065 * count)


def test_a_coarse_sketch_cannot_become_a_fine_one() -> None:
    with pytest.raises(ValueError, match="64 registers"):
        SubjectSketch.of_an_hour().merge(SubjectSketch.of_a_long_time())
