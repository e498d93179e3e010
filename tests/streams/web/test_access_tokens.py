from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import SettingsError
from streams.web.access_tokens import AccessTokens, read_access_tokens
from streams.web.person import Person, Role

ALICE, BOB = "alice-token-0123456789", "bob-token-9876543210abc"


def test_the_file_names_the_holders(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(f"# on call\nalice: {ALICE}\n\nbob:{BOB}\n")
    tokens = read_access_tokens(path)
    assert (tokens.holder(ALICE), tokens.holder(BOB)) == (Person("alice"), Person("bob"))
    assert tokens.holder("") is None


def test_a_lone_token_belongs_to_the_analyst(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(ALICE)
    assert read_access_tokens(path).holder(ALICE) == Person("analyst")


def test_a_role_follows_the_token(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(f"alice: {ALICE} viewer\nbob: {BOB}   responder\n")
    tokens = read_access_tokens(path)
    assert tokens.holder(ALICE) == Person("alice", Role.VIEWER)
    assert tokens.holder(BOB) == Person("bob", Role.RESPONDER)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("alice: short", "line 1: a token has 20 characters"),
        (f"alice: {ALICE}\nalice: {BOB}", "line 2: give each person"),
        (f": {ALICE}", "line 1: give each person"),
        (f"alice: {ALICE} veiwer", "line 1: unknown role: write 'name: token'"),
        (f"alice: {ALICE} viewer responder", "line 1: unknown role"),
        ("# nobody", "has no token"),
        ("", "is empty"),
    ],
)
def test_a_wrong_file_is_named_without_its_secrets(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "tokens"
    path.write_text(text)
    with pytest.raises(SettingsError, match=named) as caught:
        read_access_tokens(path)
    assert "web.token_file" in str(caught.value)
    assert ALICE not in str(caught.value)


def test_a_session_ends_with_its_time_its_token_or_its_name() -> None:
    session = AccessTokens({"alice": ALICE}).open_session("alice", 100.0)
    assert AccessTokens({"alice": ALICE}).session_holder(session, 99.0) == Person("alice")
    assert AccessTokens({"alice": ALICE}).session_holder(session, 100.0) is None
    assert AccessTokens({"alice": BOB}).session_holder(session, 99.0) is None
    assert AccessTokens({"bob": ALICE}).session_holder(session, 99.0) is None


@given(st.text(max_size=120))
def test_nobody_makes_up_a_session(text: str) -> None:
    tokens = AccessTokens({"alice": ALICE})
    assert tokens.session_holder(text, 0.0) is None
    head, _, signature = tokens.open_session("alice", 100.0).rpartition(".")
    name, _, number = head.split(".")
    longer = f"{name}.9999999999.{number}.{signature}"
    assert tokens.session_holder(longer, 0.0) is None
