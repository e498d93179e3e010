import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.request_path import canonical, clean_segments, decoded, is_clean

PLAIN = ["orders", "v0", "orders", "902-1"]


@pytest.mark.parametrize(
    "path",
    [
        "/%6Frders/v0/orders/902-1", "/./orders/v0/orders/902-1/.", "/x/../orders/v0/orders/902-1",
        "/orders;a=1/v0/orders;b/902-1;c=2;d", "//orders///v0/orders/902-1//",
        "/orders/v0/orders/902%2D1", "https://example.com:443/orders/v0/orders/902-1?a=/b",
        "svn+ssh://u@h//orders/v0/orders/902-1#x", "\\orders\\v0\\orders\\902-1",
        "/orders./v0/orders../902-1.", "/orders /v0/orders/902-1 ", "/x/..;/orders/v0/orders/902-1",
        "/%2e%2E/orders/v0/%2e/orders/902-1", "/orders\x00/v0/or\tders/902-1",
        "orders/v0/orders/902-1",
    ],
)  # fmt: skip
def test_both_readings_find_the_plain_spelling(path: str) -> None:
    assert canonical(path) == PLAIN
    assert decoded(path) == PLAIN


@pytest.mark.parametrize(
    "path",
    [
        "/orders%2Fv0/orders%2f902-1", "/orders%252Fv0%25252Forders/902%25252525252D1",
        "/orders%5Cv0/orders/902-1", "/%u006frders/v0/orders/902-1",
        "/orders%c0%afv0/orders/902-1",
        "/orders%e0%80%afv0/orders/902-1", "/ｏrders／v0/orders/902-1",
        "/ord%00ers/v0/orders/902-1",
        "/%ef%bd%8frders/v0/orders/902-1", "/orders/v0/orders/902-1%3Fa=1",
        "/orders/v0/orders/902-1%3ba=1", "/%%36Frders/v0/orders/902-1",
        "/x%2f%2e%2e%2forders/v0/orders/902-1", "/%" + "25" * 3000 + "6frders/v0/orders/902-1",
    ],
)  # fmt: skip
def test_the_lenient_reading_leaves_nothing_encoded(path: str) -> None:
    assert decoded(path) == PLAIN


def test_the_strict_reading_keeps_what_is_reserved() -> None:
    assert canonical("/a/x%2Fy%253Bz") == ["a", "x%2Fy%253Bz"]


@given(st.text(st.sampled_from("ab/.%;\\ ?#") | st.characters(), max_size=60))
def test_a_clean_path_reads_the_same_every_way(path: str) -> None:
    clean = clean_segments(path)
    if clean is not None:
        assert clean == canonical(path) == decoded(path)


def test_only_what_has_one_spelling_is_clean() -> None:
    assert all(map(is_clean, ["orders", "2026-01-01", "a.b", "~a_b", "a@b:c", "{id}"]))
    assert not any(map(is_clean, ["", ".", "..", "a.", "a b", "a%41", "a;b", "a\\b", "é", "a\n"]))


@given(st.text(st.sampled_from("ab/%25c0f2.;\\ ") | st.characters(), max_size=300))
def test_reading_again_changes_nothing(path: str) -> None:
    once = decoded(path)
    assert all(part and part not in (".", "..") for part in once)
    if "%" not in "".join(once):
        assert decoded("/" + "/".join(once)) == once


@pytest.mark.parametrize("piece", ["%25", "/..", "%2f", ";", "ﷺ", "\\", "%u0025", "%c0%af"])
def test_a_hostile_path_costs_little(piece: str) -> None:
    started = time.process_time()
    decoded(piece * 400_000)
    canonical(piece * 400_000)
    clean_segments(piece * 400_000)
    clean_segments("a" * 400_000 + "%")
    clean_segments("a." * 8_000 + "%")
    assert time.process_time() - started < 0.5
