from streams.web.ended_sessions import EndedSessions


def test_an_ended_session_is_remembered_until_it_would_expire() -> None:
    ended = EndedSessions()
    ended.end("alice", "first", 100, 10.0)
    ended.end("alice", "second", 300, 150.0)
    # The first has expired by then: its time ends it.
    assert not ended.has_ended("alice", "first", 100)
    assert ended.has_ended("alice", "second", 300)
    assert not ended.has_ended("bob", "second", 300)


def test_however_many_sessions_somebody_ends_none_comes_back() -> None:
    ended = EndedSessions()
    for number in range(1_000):
        ended.end("alice", f"session {number}", 1_000 + number, 0.0)
    assert all(ended.has_ended("alice", f"session {n}", 1_000 + n) for n in range(1_000))
    assert not ended.has_ended("alice", "a new one", 2_000)
    assert not ended.has_ended("bob", "session 1", 1_001)
