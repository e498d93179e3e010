from datetime import UTC, datetime

import pytest

from streams.demo.scoreboard import judge
from streams.simulation import Attack


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_a_page_finds_the_attack_and_says_how_much_was_read(attack: Attack, make_incident) -> None:
    page = make_incident(paged_at=at(15_000))
    results, false_pages = judge([attack], [page])
    assert results[0].page == page
    assert results[0].share_read == 0.25
    assert false_pages == []


@pytest.mark.parametrize(
    "fields",
    [
        {"paged_at": at(9_000)},
        {"paged_at": at(24_000)},
        {"paged_at": at(15_000), "principal": "app-2"},
    ],
)
def test_what_no_attack_explains_is_false(attack: Attack, make_incident, fields: dict) -> None:
    page = make_incident(**fields)
    results, false_pages = judge([attack], [page])
    assert results[0].page is None
    assert results[0].share_read is None
    assert false_pages == [page]


def test_the_first_page_counts_and_what_never_paged_does_not(attack: Attack, make_incident) -> None:
    first = make_incident(incident_id="i-1", paged_at=at(11_000))
    second = make_incident(incident_id="i-2", paged_at=at(19_000))
    silent = make_incident(incident_id="i-3", page=False, paged_at=None)
    results, false_pages = judge([attack], [second, silent, first])
    assert results[0].page == first
    assert false_pages == []
