from typing import Literal

import msgspec
import pytest

from models.domain.misfit import misfit


class Shape(msgspec.Struct):
    word: Literal["one", "other"]
    number: int


def told(data: bytes) -> str:
    with pytest.raises(msgspec.DecodeError) as refused:
        msgspec.json.decode(data, type=Shape)
    return misfit(refused.value)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'{"number": 1}', "Object missing required field `word`"),
        (b'{"word": "one", "number": "Jane"}', "Expected `int`, got `str` - at `$.number`"),
        (b"{", "Input data was truncated"),
        (b'{"word": "Jane", "number": 1}', "a value does not fit"),
    ],
)
def test_only_fields_and_types_are_named(data: bytes, text: str) -> None:
    assert told(data) == text
