from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from models.domain.data_class import DataClass
from models.errors import SettingsError
from streams.commands.planned_file import read_planned

ENTRY = {
    "tenant": "A1",
    "principal": "erp-prod",
    "from": "2026-01-31T12:00",
    "until": "2026-01-31T18:00",
    "records": "200,000",
    "reference": 4711,
    "why": "backfill",
}


def read(tmp_path: Path, *entries: object):
    path = tmp_path / "changes.yaml"
    path.write_text(yaml.safe_dump({"planned_changes": list(entries)}))
    return read_planned(path, "jane")


def test_an_entry_is_what_the_command_declares(tmp_path: Path) -> None:
    later = ENTRY | {
        "from": datetime(2026, 2, 1, 8, tzinfo=UTC),
        "until": datetime(2026, 2, 1, 9),  # noqa: DTZ001 - as YAML reads a time without a zone
        "reference": "4712",
        "classes": ["customer", "payment"],
        "by": "maria",
    }
    changes = read(tmp_path, later, ENTRY)
    assert [(one.reference, one.records, one.by) for one in changes] == [
        ("4711", 200_000, "jane"),
        ("4712", 200_000, "maria"),
    ]
    assert changes[0].starts_at == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert changes[1].until == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert changes[1].data_classes == (DataClass.CUSTOMER, DataClass.PAYMENT)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"from": None}, "from: it is missing"),
        ({"until": 1080}, "until: write day and time, such as 2026-01-31T18:00"),
        ({"until": "18:00"}, "until: write day and time"),
        ({"from": date(2026, 1, 31)}, "from: write day and time"),
        ({"from": "Saturday"}, "from: 'Saturday' is no time"),
        ({"until": "2026-01-31T11:00"}, "is over already"),
        ({"until": "2026-02-28T11:00"}, "it lasts longer than 7 days"),
        ({"records": "many"}, "records: 'many' is no number"),
        ({"records": 0}, "records: '0' is no number"),
        ({"why": " "}, "why: it is missing"),
        ({"classes": ["buyers"]}, "classes: 'buyers' is none"),
        ({"classes": {"a": 1}}, "classes: expected a text"),
        ({"untill": "x"}, "'untill' is not one of tenant, principal, from"),
    ],
)
def test_what_is_wrong_is_named_with_its_entry(tmp_path: Path, wrong: dict, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, ENTRY, ENTRY | {"reference": "4712"} | wrong)
    text = str(caught.value)
    assert text.startswith(f"{tmp_path / 'changes.yaml'}: entry 2: not a planned change: ")
    assert told in text
    assert "\n" not in text


@pytest.mark.parametrize("text", ["", "[]", "planned_changes: 4\n", "changes: []\n", "a: [\n"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "changes.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"changes\.yaml: "):
        read_planned(path, "jane")


def test_two_entries_do_not_share_a_reference(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="reference 4711: two entries"):
        read(tmp_path, ENTRY, ENTRY | {"records": 9})
    other = ENTRY | {"principal": "bi-export"}
    assert len(read(tmp_path, ENTRY, other)) == 2
