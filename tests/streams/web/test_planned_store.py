from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from models.errors import PlannedChangeError
from models.incidents.planned_change import PlannedChange
from streams.web.planned_store import PlannedStore

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
CHANGE = PlannedChange(
    tenant="A1",
    principal="app-1",
    starts_at=NOW,
    until=NOW + timedelta(hours=6),
    records=200_000,
    reference="4711",
    why="backfill",
    declared_at=NOW,
    by="alice",
)


def store_of_now() -> PlannedStore:
    return PlannedStore(NOW.timestamp)


def test_the_newest_declaration_holds_in_whatever_order_they_come() -> None:
    newer = msgspec.structs.replace(
        CHANGE, records=5, declared_at=CHANGE.declared_at + timedelta(seconds=1)
    )
    for order in ([CHANGE, newer], [newer, CHANGE]):
        store = store_of_now()
        for change in order:
            store.take(change)
        assert store.all() == [newer]
        assert store.get(CHANGE.change_id) == newer


def test_one_of_the_future_is_refused() -> None:
    with pytest.raises(PlannedChangeError):
        store_of_now().take(msgspec.structs.replace(CHANGE, declared_at=NOW + timedelta(hours=1)))


def test_it_keeps_the_last_thousand() -> None:
    store = store_of_now()
    for number in range(1_010):
        store.take(msgspec.structs.replace(CHANGE, reference=f"c{number}"))
    assert len(store.all()) == 1_000
    assert store.get(CHANGE.change_id) is None
