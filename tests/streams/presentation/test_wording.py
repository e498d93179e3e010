import unicodedata
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.presentation.wording import chance, count, duration, sanitize, size

anything = st.text(alphabet=st.characters(codec=None), max_size=400)


@given(anything, st.integers(10, 100))
def test_foreign_text_is_short_and_cannot_hide(text: str, characters: int) -> None:
    shown = sanitize(text, characters)
    assert len(shown) <= characters
    shown.encode()
    assert not any(
        unicodedata.bidirectional(c) in {"RLO", "LRO", "RLE", "LRE", "RLI"} for c in shown
    )
    assert not any(unicodedata.category(c) == "Cc" for c in shown)


def test_the_ends_of_a_long_name_are_kept() -> None:
    assert sanitize("arn:aws:iam::" + "x" * 10_000 + "/exporter", 40).startswith("arn:aws:iam::")


@given(st.integers(0, 10**18))
def test_sizes_and_counts_are_short(number: int) -> None:
    assert len(size(number)) <= 9
    assert len(count(number)) <= 19
    assert number >= 10**15 or count(number).replace(",", "") == str(number)


def test_time_left_is_said_in_two_units() -> None:
    assert duration(timedelta(hours=23, minutes=59)) == "23 h 59 min"
    assert duration(timedelta(days=3)) == "3 d"
    assert duration(timedelta(seconds=59)) == "59 s"
    assert duration(-timedelta(hours=2)) == "2 h"


def test_chances_are_whole_days() -> None:
    assert chance(1.0) == "1 normal day in 1"
    assert chance(0.01) == "1 normal day in 100"
