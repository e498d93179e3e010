from streams.web.person import Person, Role


def test_only_responders_judge() -> None:
    assert [Person("alice", role).may_judge for role in Role] == [False, True]
