import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.estimators.cohort import CohortState
from models.estimators.tail_threshold import ThresholdState
from models.state.pooled import pooled

COUNTS = st.dictionaries(st.integers(0, 9), st.integers(0, 99).map(float))


@given(st.lists(COUNTS, min_size=1, max_size=5))
def test_mappings_are_added_key_by_key(parts: list[dict[int, float]]) -> None:
    found = pooled(parts)
    assert found.keys() == {key for part in parts for key in part}
    assert sum(found.values()) == sum(sum(part.values()) for part in parts)


@given(COUNTS, COUNTS)
def test_the_order_does_not_matter(one: dict[int, float], two: dict[int, float]) -> None:
    parts = [ThresholdState(one, 1.0), ThresholdState(two, 2.0)]
    assert pooled(parts) == pooled(parts[::-1])


def test_one_part_is_the_sum() -> None:
    cohort = CohortState()
    cohort.novelty.known[7] = 3
    assert msgspec.msgpack.encode(pooled([cohort])) == msgspec.msgpack.encode(cohort)


def test_parts_are_left_as_they_are() -> None:
    parts = [{"a": [1.0, 2.0]}, {"a": [3.0, 4.0]}]
    pooled(parts)["a"][0] = 99.0
    assert parts == [{"a": [1.0, 2.0]}, {"a": [3.0, 4.0]}]


@pytest.mark.parametrize("parts", [["a", "b"], [[1.0], [1.0, 2.0]], [None]])
def test_what_is_no_count_is_an_error(parts: list[object]) -> None:
    with pytest.raises(TypeError):
        pooled(parts)
