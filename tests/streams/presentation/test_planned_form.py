from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.data_class import DataClass
from models.errors import PlannedChangeError
from models.incidents.planned_change import PlannedChange, check_planned
from streams.presentation.planned_form import ended, planned_change

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
TOLD = {
    "tenant": "A1",
    "principal": "erp-prod",
    "until": "18:00",
    "records": "200,000",
    "reference": "4711",
    "why": "backfill, asked jane@example.com",
}


def read(**told: object) -> PlannedChange:
    return planned_change(TOLD | told, now=NOW, declared_at=NOW, by="alice@example.com")


def test_it_is_read_as_a_person_writes_it() -> None:
    change = read(classes="customer, financial")
    assert (change.starts_at, change.until) == (NOW, NOW + timedelta(hours=6))
    assert (change.records, change.reference, change.by) == (200_000, "4711", "alice")
    assert change.why == "backfill, asked [mail]"
    assert change.data_classes == (DataClass.CUSTOMER, DataClass.FINANCIAL)


@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("11:30", "2026-01-02T11:30:00+00:00"),
        ("2026-01-03T08:00", "2026-01-03T08:00:00+00:00"),
        ("2026-01-03T08:00+02:00", "2026-01-03T08:00:00+02:00"),
    ],
)
def test_its_end_is_a_time_of_day_or_a_date(until: str, told: str) -> None:
    assert read(until=until).until.isoformat() == told


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"until": "2025-12-31T18:00"}, "until: 2025-12-31 18:00 UTC is over already"),
        ({"until": "25:00"}, "until: '25:00' is no time such as 18:00"),
        ({"until": "tonight"}, "until: 'tonight' is no time such as 18:00"),
        ({"until": "2026-02-01T00:00"}, "it lasts longer than 7 days"),
        ({"records": "lots"}, "records: 'lots' is no number"),
        ({"records": 0}, "records: '0' is no number"),
        ({"records": "9" * 400}, "is no number"),
        ({"tenant": " "}, "tenant: it is missing"),
        ({"why": ""}, "why: it is missing"),
        ({"why": ["x"]}, "why: expected a text"),
        ({"reference": "my change"}, "reference: name the change"),
        ({"classes": "secrets"}, "classes: 'secrets' is none"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(told: dict, text: str) -> None:
    with pytest.raises(PlannedChangeError) as caught:
        read(**told)
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.dictionaries(st.sampled_from([*TOLD, "from", "classes"]), st.text(max_size=30)))
def test_whatever_is_written_it_is_a_possible_change_or_refused(told: dict) -> None:
    try:
        change = read(**told)
    except PlannedChangeError as error:
        assert str(error).startswith("not a planned change: ")
    else:
        check_planned(change, NOW.timestamp())


@pytest.mark.parametrize("hours", [-48, -1, 0, 3])
def test_one_that_is_ended_is_over_at_once(hours: int) -> None:
    change = read(until="2026-01-05T18:00", **{"from": (NOW + timedelta(hours=hours)).isoformat()})
    over = ended(change, now=NOW, declared_at=NOW, by="bob")
    check_planned(over, NOW.timestamp())
    assert (over.until, over.by, over.change_id) == (NOW, "bob", change.change_id)
