from models.suggestion import closest


def test_the_closest_is_suggested() -> None:
    assert closest("GetObjct", ["GetObject", "PutObject"]) == "GetObject"


def test_nothing_alike_is_none() -> None:
    assert closest("zzz", ["GetObject"]) is None
    assert closest("zzz", []) is None
