from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from models.errors import PlannedChangeError
from models.incidents.planned_change import PlannedChange, check_planned

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
CHANGE = PlannedChange(
    tenant="A1",
    principal="app-1",
    starts_at=NOW,
    until=NOW + timedelta(hours=6),
    records=200_000,
    reference="CHG0004711",
    why="backfill",
    declared_at=NOW,
    by="alice",
)


def test_one_that_is_possible_is_accepted() -> None:
    check_planned(CHANGE, NOW.timestamp())


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"declared_at": NOW + timedelta(hours=1)}, "declared_at is in the future"),
        ({"until": NOW}, "it ends before it starts"),
        ({"until": NOW + timedelta(days=8)}, "it lasts longer than 7 days"),
        ({"reference": ""}, "reference: name the change"),
        ({"reference": "jane@example.com"}, "reference: name the change"),
        ({"reference": "4111-1111-1111-1111"}, "reference: name the change"),
        ({"why": "  "}, "why: say what is done"),
    ],
)
def test_one_that_is_impossible_is_refused(fields: dict, text: str) -> None:
    with pytest.raises(PlannedChangeError, match=text):
        check_planned(msgspec.structs.replace(CHANGE, **fields), NOW.timestamp())


def test_the_reason_holds_no_mail_address_and_its_author_no_domain() -> None:
    written = msgspec.structs.replace(CHANGE, why="asked jane@example.com", by="al@example.com")
    assert (written.redacted().why, written.redacted().by) == ("asked [mail]", "al")


def test_its_id_is_that_of_its_reference_whatever_else_changes() -> None:
    larger = msgspec.structs.replace(CHANGE, records=300_000)
    assert larger.change_id == CHANGE.change_id
    foreign = msgspec.structs.replace(CHANGE, principal="app-2")
    assert foreign.change_id != CHANGE.change_id
