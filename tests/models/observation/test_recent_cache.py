from models.observation.recent_cache import RecentCache


def test_what_is_asked_for_stays_in_a_flood_of_others() -> None:
    cache = RecentCache[str, int](capacity=10)
    cache.put("usual", 1)
    for number in range(1000):
        cache.put(f"new-{number}", number)
        assert cache.get("usual") == 1
        assert len(cache) <= 20


def test_what_nobody_asks_for_is_forgotten() -> None:
    cache = RecentCache[str, int](capacity=10)
    for number in range(100):
        cache.put(f"new-{number}", number)
    assert cache.get("new-0") is None
    assert cache.get("new-99") == 99
