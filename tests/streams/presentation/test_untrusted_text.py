import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.presentation.untrusted_text import sanitize, sanitize_name

anything = st.text(alphabet=st.characters(codec=None), max_size=400)
hidden = st.text(
    alphabet=st.characters(codec=None, categories=["Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs"]),
    min_size=1,
    max_size=3,
)


@given(anything, st.integers(20, 100))
def test_foreign_text_is_short_and_cannot_hide(text: str, characters: int) -> None:
    for shown in (sanitize(text, characters), sanitize_name(text, characters)):
        assert len(shown) <= characters
        shown.encode()
        assert all(
            unicodedata.category(one)[0] not in "CZ" or one in " \u200c\u200d" for one in shown
        )
        assert "  " not in shown


@given(anything)
def test_what_is_clean_stays_so(text: str) -> None:
    assert sanitize(sanitize(text)) == sanitize(text)


@given(hidden, hidden)
def test_names_that_differ_in_what_is_hidden_stay_apart(one: str, other: str) -> None:
    names = {f"app{one}-1", f"app{other}-1", "app-1", "app -1"}
    assert len({sanitize_name(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    "name",
    [
        "arn:aws:iam::111122223333:role/service/my_app-1@2",
        "Händler GmbH & Co. KG",
        "株式会社テスト",
        "می\u200cخواهم",
        "क्\u200dष",
        "שלום",
        "Łódź – Übersee",
    ],
)
def test_honest_names_stay_as_they_are(name: str) -> None:
    assert sanitize_name(name) == name


def test_a_joiner_stays_only_where_a_script_needs_it() -> None:
    assert sanitize("a\u200db") == "a\ufffdb"
    assert sanitize("می\u200c") == "می\ufffd"
    assert sanitize("\u200cخ") == "\ufffdخ"


def test_marks_do_not_pile_up() -> None:
    assert len(sanitize("a" + "\u0300" * 100)) == 5
    assert sanitize("e\u0301") == "e\u0301"


def test_the_ends_of_a_long_name_are_kept() -> None:
    long = "arn:aws:iam::" + "x" * 1_000 + "/exporter"
    assert sanitize(long, 40).startswith("arn:aws:iam::")
    assert sanitize(long, 40).endswith("/exporter")
    assert sanitize_name(long, 60) != sanitize_name(long.replace("xxx", "xxxx"), 60)
