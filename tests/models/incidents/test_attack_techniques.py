import pytest

from models.incidents.attack_techniques import techniques_of
from models.incidents.incident import IncidentKind


@pytest.mark.parametrize("kind", list(IncidentKind))
def test_every_kind_stands_for_a_technique(kind: IncidentKind) -> None:
    assert all(technique.startswith("T1") for technique in techniques_of([kind], "orders"))
    assert techniques_of([kind], "orders")


def test_each_technique_is_named_once() -> None:
    found = techniques_of(IncidentKind, "dynamodb")
    assert len(found) == len(set(found))
    assert found[-1] == "T1530"
