"""An old secret is told of once a day, and pages nobody."""

import pytest
from simulated_week import DAY, event

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import Outcome
from models.incidents.incident import Incident, IncidentStatus


def told(detector: Detector, seconds: float, age: int | None = 181, **fields) -> list[Incident]:
    fields = {"grant": "lwa", "credential_age_days": age} | fields
    found = detector.process(event(seconds, 20, **fields))
    return [i for i in found if i.reasons[0].feature == "credential_age_days"]


@pytest.fixture
def detector() -> Detector:
    return Detector(DetectorSettings(), {})


@pytest.mark.parametrize("grant", ["lwa", "secret_key"])
def test_an_old_secret_is_one_closed_incident_a_day(detector: Detector, grant: str) -> None:
    (incident,) = told(detector, 0, grant=grant)
    assert (incident.page, incident.status) == (False, IncidentStatus.CLOSED)
    assert "181 days old" in incident.reasons[0].text
    assert not told(detector, 60, grant=grant)
    (again,) = told(detector, DAY, grant=grant)
    assert again.incident_id != incident.incident_id


@pytest.mark.parametrize(
    "fields",
    [{"age": 180}, {"age": None}, {"grant": "session"}, {"grant": None},
     {"outcome": Outcome.DENIED}],
    ids=str,
)  # fmt: skip
def test_a_young_one_a_session_and_a_refused_call_are_not_told(
    detector: Detector, fields: dict
) -> None:
    assert not told(detector, 0, **fields)


def test_each_credential_is_told_and_not_endlessly_many(detector: Detector) -> None:
    found = [told(detector, step, credential_id=f"key-{step}") for step in range(50)]
    assert [len(one) for one in found] == [1] * 4 + [0] * 46
    assert len({one[0].incident_id for one in found[:4]}) == 1
    assert found[3][0].credential_ids == ("key-0", "key-1", "key-2", "key-3")
    assert "the credential key-3, which is 181 days old, and 3 other old ones." in (
        found[3][0].reasons[0].text
    )


def test_a_restored_detector_has_told_of_it(detector: Detector) -> None:
    told(detector, 0)
    second = Detector(DetectorSettings(), {})
    second.restore(detector.take_changes())
    assert not told(second, 60)
    assert told(second, DAY)
