from collections.abc import Callable

import pytest

from models.incidents.incident import Incident, IncidentKind
from streams.presentation.alert_texts import (
    ALERT_TEXTS,
    FLEET_SURGE,
    is_of_the_fleet,
    page_kind,
    who_reads,
)
from streams.web.runbooks import runbook_names


def test_every_kind_has_texts_and_a_runbook_of_its_name() -> None:
    assert set(ALERT_TEXTS) == {*IncidentKind, FLEET_SURGE}
    assert {str(kind) for kind in ALERT_TEXTS} <= set(runbook_names())
    assert len({text.name for text in ALERT_TEXTS.values()}) == len(ALERT_TEXTS)
    for text in ALERT_TEXTS.values():
        assert text.summary.startswith("{who} ")
        assert text.action.endswith(".")


@pytest.mark.parametrize("kind", list(IncidentKind))
def test_a_page_stays_the_kind_that_made_it_one(
    make_incident: Callable[..., Incident], kind: IncidentKind
) -> None:
    later = (IncidentKind.CANARY, kind)
    assert page_kind(make_incident(page_kind=kind, kinds=later)) == kind
    assert page_kind(make_incident(page_kind=None, kinds=(kind,))) == kind


def test_many_at_once_are_the_fleet_and_a_principal_of_that_name_is_not(
    fleet_incident: Incident, make_incident: Callable[..., Incident]
) -> None:
    assert page_kind(fleet_incident) == FLEET_SURGE
    assert who_reads(fleet_incident, "") == "Many integrations at once"
    named = make_incident(principal="fleet")
    assert not is_of_the_fleet(named)
    assert who_reads(named, "bi_export") == "The BI export fleet"
    assert who_reads(named, "") == "fleet"
