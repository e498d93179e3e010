from datetime import timedelta

import pytest

from models.domain.data_class import DataClass
from models.incidents.finding import certain_reason
from models.incidents.incident import Exposure, IncidentKind
from models.incidents.usual_range import UsualRange
from streams.web.story import story


def test_who_how_much_and_why(make_incident) -> None:
    assert story(make_incident()) == (
        "app-1 read 7,631 customer records in 41 min, "
        "outside its declared purpose, far above its usual volume."
    )


@pytest.mark.parametrize(
    ("calls", "records", "classes", "told"),
    [
        (1, None, (DataClass.SUPPLIER,), "app-1 made 1 call that read supplier data"),
        (12, None, (), "app-1 made 12 calls"),
        (12, 7, (DataClass.NONE,), "app-1 read 7 records"),
        (12, 7, tuple(DataClass)[:5], "read 7 customer, payment, financial and 2 more records"),
    ],
)
def test_what_no_log_counted_is_not_made_up(
    make_incident, calls: int, records: int | None, classes: tuple, told: str
) -> None:
    since = make_incident().updated_at - timedelta(seconds=20)
    exposure = Exposure(
        calls=calls, records=records, distinct_subjects=None, bytes=None, since=since
    )
    text = story(make_incident(exposure=exposure, data_classes=classes, kinds=()))
    assert told in text
    assert " in " not in text.replace(told, "")


def test_every_kind_says_something(make_incident) -> None:
    said = {story(make_incident(kinds=(kind,))) for kind in IncidentKind}
    assert len(said) == len(IncidentKind)


def test_a_raw_key_is_not_called_a_shared_one(make_incident) -> None:
    reason = certain_reason(
        "grant", "secret_key", UsualRange("a delegated grant"), "Replace it.", "event"
    )
    told = make_incident(kinds=(IncidentKind.CREDENTIAL_SHARING,), reasons=(reason,))
    assert "raw secret key" in story(told)
    assert "several places" not in story(told)
