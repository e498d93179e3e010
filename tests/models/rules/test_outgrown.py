"""An incident beyond what its benign verdict accepts."""

from simulated_week import event

from models.incidents.incident import IncidentKind
from models.incidents.incident_draft import open_incident
from models.observation.window import Window
from models.rules.outgrown import outgrown


def test_it_counts_what_the_log_counts() -> None:
    window = Window(index=0)
    first = event(0, 600)
    window.add(first)
    draft = open_incident(first, window)
    draft.kinds[IncidentKind.BULK_READ] = None
    draft.accepted_up_to = 6_000.0
    found = outgrown(event(60, 5_500), draft)
    assert (found.kind, found.page) == (IncidentKind.BULK_READ, True)
    assert found.reason.observed == 6_100.0
    assert found.reason.text == (
        "app-1 has reached 6,100 records in an incident that was judged benign up to 6,000."
    )
