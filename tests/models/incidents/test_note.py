import pytest

from models.incidents.note import name_of


@pytest.mark.parametrize(
    ("written", "name"), [("maria", "maria"), ("jane@example.com", "jane"), ("\u200b", "unknown")]
)
def test_a_name_tells_colleagues_apart_without_an_address(written: str, name: str) -> None:
    assert name_of(written) == name
