from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.observation.ranked_subjects import ranked_subjects


@given(st.lists(st.integers(0, 2**64 - 1), max_size=300))
def test_the_hashes_come_as_they_are(hashes: list[int]) -> None:
    ranked = ranked_subjects(tuple(hashes))
    assert ranked is not None
    assert ranked.hashes.tolist() == hashes
    assert ranked.places.tolist() == [value & 255 for value in hashes]


@pytest.mark.parametrize("count", [1, 15, 16, 1000, 2**16 - 1, 2**16])
def test_calls_of_every_length_are_read(count: int) -> None:
    rng = Random(count)
    hashes = tuple(rng.getrandbits(63) | 1 << 63 for _ in range(count))
    ranked = ranked_subjects(hashes)
    assert ranked is not None
    assert np.array_equal(ranked.hashes, np.array(hashes, np.uint64))


@pytest.mark.parametrize("odd", [-1, -(2**63), -(2**70), 2**64, 2**200])
@pytest.mark.parametrize("beside", [0, 1, 500])
def test_what_is_no_hash_makes_no_arrays(odd: int, beside: int) -> None:
    assert ranked_subjects((odd, *[2**63 + 7] * beside)) is None
