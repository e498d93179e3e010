import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.observation.subject_sketch import SubjectSketch
from models.tuning.observation import SUBJECTS_AT_ONCE

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


@given(st.lists(st.integers(0, 64), min_size=SUBJECTS_AT_ONCE, max_size=400), st.randoms())
def test_many_subjects_at_once_are_counted_like_one_after_the_other(widths, rng) -> None:
    # Of any width, and next to the powers of two, where floats round.
    below = [(1 << width) - rng.choice((0, 1, 2, width**2)) for width in widths]
    many = tuple(min(2**64 - 1, max(0, value)) for value in below)
    for empty in (SubjectSketch.of_an_hour, SubjectSketch.of_a_long_time):
        at_once, one_by_one = empty(), empty()
        for _ in range(2):
            at_once.add(many)
            one_by_one.add(list(many))
        assert at_once.registers == one_by_one.registers


def test_numbers_that_are_no_hashes_are_counted_too() -> None:
    sketch = SubjectSketch.of_an_hour()
    sketch.add((-1, 2**70) * SUBJECTS_AT_ONCE)
    assert sketch.estimate() >= 1.0


@given(st.binary(min_size=256, max_size=256), st.integers(0, 256))
def test_the_estimate_is_linear_while_it_is_small_and_harmonic_beyond(ranks, empty) -> None:
    registers = bytearray(1 + rank % 58 for rank in ranks)
    registers[:empty] = bytes(empty)
    raw = 0.7213 / (1 + 1.079 / 256) * 256**2 / sum(2.0**-rank for rank in registers)
    linear = 256 * math.log(256 / empty) if empty and raw <= 2.5 * 256 else None
    expected = raw if linear is None else linear
    assert SubjectSketch(registers).estimate() == pytest.approx(expected)
