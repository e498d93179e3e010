from collections.abc import Callable

import msgspec
from prometheus_client import Metric

from models.incidents.incident import Incident
from streams.exporters.incident_families import IncidentFamilies
from streams.exporters.open_incident import OpenIncident

MakeIncident = Callable[..., Incident]


def families(*incidents: Incident) -> dict[str, Metric]:
    shown = [OpenIncident.of(incident, 0.0) for incident in incidents]
    return {metric.name: metric for metric in IncidentFamilies(shown).collect()}


def test_the_worst_eight_say_all_and_the_others_a_line(incident: MakeIncident) -> None:
    reasons = tuple(
        msgspec.structs.replace(reason, text="It read much more than it ever did. " * 3)
        for reason in incident(1).reasons
    )
    found = families(*(incident(number, reasons=reasons) for number in range(12)))
    texts = [sample.labels["reason"] for sample in found["sellerwatch_incident"].samples]
    assert [len(text) > 120 for text in texts] == [True] * 8 + [False] * 4
    detailed = {
        sample.labels["incident_id"]
        for sample in found["sellerwatch_incident_reason_contribution_ratio"].samples
    }
    assert len(detailed) == 8


def test_what_no_log_counted_has_no_series(incident: MakeIncident) -> None:
    exposure = msgspec.structs.replace(incident(1).exposure, records=None, distinct_subjects=None)
    found = families(incident(1, exposure=exposure))
    assert found["sellerwatch_incident_subjects"].samples == []
    # The alert rule needs this one.
    assert [sample.value for sample in found["sellerwatch_incident_records"].samples] == [0]
    assert [sample.value for sample in found["sellerwatch_incident_calls"].samples] == [90]


def test_a_ticket_is_shown_as_one(incident: MakeIncident) -> None:
    found = families(incident(1), incident(2, page=False))
    assert [sample.value for sample in found["sellerwatch_incident_page"].samples] == [1, 0]


def test_it_is_told_who_has_taken_it_and_nothing_if_nobody_has(incident: MakeIncident) -> None:
    owners = {incident(1).incident_id: "alice\u202e"}
    shown = [OpenIncident.of(incident(number), 0.0) for number in (1, 2)]
    found = {m.name: m for m in IncidentFamilies(shown, lambda n: owners.get(n, "")).collect()}
    labels = [sample.labels for sample in found["sellerwatch_incident"].samples]
    assert [one.get("owner") for one in labels] == ["alice\ufffd", None]
