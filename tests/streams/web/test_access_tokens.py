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


def test_a_notice_ends_one_session_and_nobody_else_can_write_one() -> None:
    here, there = (AccessTokens({"alice": "a" * 20, "bob": "b" * 20}) for _ in range(2))
    ended, kept = (there.open_session("alice", 1_000.0) for _ in range(2))
    found = there.end_session(ended, 10.0)
    assert found is not None
    assert (found.person.name, there.end_session(ended, 10.0)) == ("alice", None)
    encoded, ends, digest, proof = found.notice.split(".")
    bob = there.end_session(there.open_session("bob", 1_000.0), 10.0)
    assert bob is not None
    for forged in (
        "",
        "...",
        kept,
        f"{encoded}.2000.{digest}.{proof}",
        f"{encoded}.{ends}.{'0' * 64}.{proof}",
        f"{encoded}.{ends}.{digest}.\ud800",
        f"{encoded}.{ends}.\ud800.{proof}",
        f"{bob.notice.split('.')[0]}.{ends}.{digest}.{proof}",
        f"bm9ib2R5.{ends}.{digest}.{proof}",
    ):
        assert not here.take_notice(forged, 10.0), forged
        assert here.session_holder(ended, 10.0) is not None
    assert here.take_notice(found.notice, 10.0)
    assert here.session_holder(ended, 10.0) is None
    assert here.session_holder(kept, 10.0) is not None
    assert here.session_holder(found.notice, 10.0) is None


def test_old_notices_do_not_crowd_out_what_is_open() -> None:
    here, there = (AccessTokens({"alice": "a" * 20}) for _ in range(2))
    for number in range(150):
        session = there.open_session("alice", 1_000.0 + number)
        assert here.take_notice(there.end_session(session, 10.0).notice, 2_000.0)
    assert here.session_holder(there.open_session("alice", 2_001.0), 2_000.0) is not None
