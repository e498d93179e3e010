import msgspec

from models.domain.data_class import DataClass
from models.domain.operation import Operation
from streams.catalogue.classification import Classification


def test_a_known_call_has_five_keys() -> None:
    operation = Operation(name="a", service="b", data_classes=(DataClass.NONE,), max_records=1)
    assert msgspec.to_builtins(Classification.of(operation)) == {
        "operation": "a",
        "service": "b",
        "data_classes": ("none",),
        "restricted": False,
        "max_records": 1,
    }


def test_an_unknown_call_has_a_suggestion() -> None:
    answer = msgspec.to_builtins(Classification.unknown("look there"))
    assert answer.pop("suggestion") == "look there"
    assert list(answer.values()) == [None, None, (), None, None]
