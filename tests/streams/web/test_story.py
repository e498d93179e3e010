from datetime import timedelta

import pytest
from msgspec.structs import replace

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


def test_nothing_inside_its_usual_range_is_far_above(make_incident) -> None:
    (hour,) = make_incident().reasons
    inside = replace(hour, window="7d", observed=90.0, days_above=7)
    slow = make_incident(kinds=(IncidentKind.SLOW_EXFILTRATION,), reasons=(inside,))
    assert story(slow).endswith("a little at a time, above its usual on 7 days.")
    beyond = replace(inside, observed=900.0)
    far = make_incident(kinds=(IncidentKind.SLOW_EXFILTRATION,), reasons=(beyond,))
    assert story(far).endswith("a little at a time, far above its usual volume.")


@pytest.mark.parametrize(
    ("window", "observed", "told"),
    [
        ("hour", 179.0, "above its usual volume."),
        ("hour", 180.0, "far above its usual volume."),
        ("day", 100.0, "on a day above its usual volume."),
        ("day", 900.0, "on a day far above its usual volume."),
    ],
)
def test_a_small_excess_is_not_far_above(
    make_incident, window: str, observed: float, told: str
) -> None:
    (reason,) = make_incident().reasons
    reason = replace(reason, window=window, observed=observed, expected=50.0, low=20.0, high=90.0)
    text = story(make_incident(kinds=(IncidentKind.BULK_READ,), reasons=(reason,)))
    assert text.endswith(f"records in 41 min, {told}")


@pytest.mark.parametrize(
    ("feature", "told"),
    [
        ("history", "further back than it ever asked."),
        ("customer_cap", "beyond its cap."),
        ("share_of_buyers", "a large share of all that is known."),
        ("new_subjects", "with 1,412 objects in an hour never read before."),
    ],
)
def test_a_rule_is_told_in_its_own_terms(make_incident, feature: str, told: str) -> None:
    seen = 1412.0 if feature == "new_subjects" else 0.5
    reason = certain_reason(feature, seen, UsualRange.at_most(0.1), "app-1 did.")
    assert story(make_incident(reasons=(reason,))).endswith(told)


def test_a_declared_network_is_not_called_unused(make_incident) -> None:
    reason = certain_reason("network", "192.0.2.7", UsualRange("none"), "app-1 did.", "event")
    told = story(make_incident(kinds=(IncidentKind.NEW_NETWORK,), reasons=(reason,)))
    assert told.endswith("from a network that it is not declared to use.")
