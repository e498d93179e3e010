import re
from pathlib import Path

import pytest

from models.domain.data_class import DataClass
from models.errors import SettingsError
from streams.catalogue.catalogue_files import load_catalogue
from streams.catalogue.resource_file import read_resource_file


def test_a_users_file_goes_before_the_shipped_patterns(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("""
patterns:
  - {pattern: kunden, data_class: customer}
resources:
  acme-orders: {data_classes: [none]}
  s3:acme-data-7: {data_classes: [supplier], restricted: true}
""")
    resources = load_catalogue(resource_files=[mine]).resources
    assert resources.of("s3", "kunden-2026").data_classes == (DataClass.CUSTOMER,)
    assert resources.of("s3", "acme-orders").data_classes == (DataClass.NONE,)
    assert resources.of("s3", "acme-data-7").restricted
    assert resources.of("s3", "other-orders").data_classes == (DataClass.CUSTOMER,)


def test_a_later_file_wins(tmp_path: Path) -> None:
    first, last = tmp_path / "1.yaml", tmp_path / "2.yaml"
    first.write_text("resources: {lake: {data_classes: [customer]}}")
    last.write_text("resources: {lake: {data_classes: [none]}}")
    resources = load_catalogue(resource_files=[first, last]).resources
    assert resources.of("s3", "lake").data_classes == (DataClass.NONE,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("resources: {a: {data_classes: [buyers]}}", "Invalid enum value 'buyers'"),
        ("patterns: [{pattern: '(', data_class: customer}]", "pattern '('"),
        ("patern: []", "unknown field `patern`"),
        ("- a", "expected 'setting: value' pairs"),
    ],
)
def test_a_wrong_file_is_one_line(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=re.escape(expected)) as caught:
        read_resource_file(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no\.yaml: No such file"):
        read_resource_file(tmp_path / "no.yaml")
