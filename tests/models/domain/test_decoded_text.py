import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.decoded_text import decoded

MAIL = "jane@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "jane%40example.com", "jane%2540example.com", "jane%252540example.com",
        "jane&#64;example.com", "jane&#x40;example.com", "jane&commat;example.com",
        "jane&amp;#64;example.com", "jane%26%2364%3Bexample.com", "jane\uff20example.com",
        "ja\u200bne@example.com", r"jane\u0040example.com", r"jane\x40example.com",
        r"jane\u{40}example.com", "jane%u0040example.com", "jane [at] example.com",
        "jane=40example.com",
    ],
)  # fmt: skip
def test_each_encoding_comes_off(text: str) -> None:
    assert decoded(text) == MAIL


def test_an_ordinary_text_stays() -> None:
    assert decoded("arn:aws:iam::111122223333:role/etl+x") == "arn:aws:iam::111122223333:role/etl+x"


def test_what_never_ends_is_given_up() -> None:
    assert decoded("%" + "25" * 20 + "40") is None
    assert decoded("%40" * 10_000) is None


@given(st.text())
def test_what_is_decoded_has_no_more_to_decode(text: str) -> None:
    once = decoded(text)
    assert once is None or decoded(once) == once
