"""One cause is one incident, and what is told is told again only when it is much graver."""

import pytest
from simulated_week import DAY, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.data_class import DataClass
from models.incidents.feedback import Verdict, feedback_on
from models.incidents.incident import Incident, IncidentKind, IncidentStatus

HOUR = 3600.0
PROFILES = {"app-1": PrincipalProfile(kind="erp", allowed_data_classes=(DataClass.CUSTOMER,))}
SUPPLIERS = {"data_classes": (DataClass.SUPPLIER,)}


class Watched:
    """A trained detector, and the last state of each of its incidents."""

    def __init__(self, days: float = 6, **options) -> None:
        self.options = options
        self.detector = Detector(DetectorSettings(), PROFILES, **options)
        self.states: list[Incident] = []
        self.detector.process_batch(fleet(days))
        self.detector.finish()
        self.known: dict[bytes, bytes] = {}

    def read(self, days: float, records: int, **fields) -> list[Incident]:
        """Process one read and the time until then; return what changed of the principal."""
        quiet = [event(days * DAY, 1, f"app-{n}", **CALM) for n in (2, 3)]
        found = self.detector.process_batch([*quiet, event(days * DAY, records, **fields)])
        self.states += [i for i in found if i.principal == "app-1"]
        return self.states

    def restart(self) -> None:
        """Go on in another detector."""
        self.known |= self.detector.take_changes()
        self.detector = Detector(DetectorSettings(), PROFILES, **self.options)
        self.detector.restore(self.known)

    @property
    def incidents(self) -> dict[str, Incident]:
        """The last state of each."""
        return {i.incident_id: i for i in self.states}


CALM = {"data_classes": (DataClass.CATALOG,)}


@pytest.mark.parametrize("restart", [False, True])
def test_a_violation_of_three_days_is_one_incident_and_one_page(restart: bool) -> None:
    watched = Watched()
    for step in range(13):
        if restart and step % 3 == 1:
            watched.restart()
        watched.read(6 + step / 4, 10, **SUPPLIERS)
    (incident,) = watched.incidents.values()
    assert incident.paged_at == watched.states[0].opened_at
    assert incident.reopened_at > incident.paged_at
    assert incident.exposure.calls == 13
    assert [(day.calls, day.records) for day in incident.days] == [(4, 40)] * 3 + [(1, 10)]
    assert {i.is_paging for i in watched.states if i.status is IncidentStatus.OPEN} == {True, False}
    # Whoever was paged hears nothing of its later days.
    assert not any(i.is_paging for i in watched.states if i.reopened_at is not None)


def test_ten_times_what_was_told_pages_again() -> None:
    watched = Watched()
    watched.read(6, 200, **SUPPLIERS)
    watched.read(7, 2_000, **SUPPLIERS)
    assert len(watched.incidents) == 1
    watched.read(8, 2_000, **SUPPLIERS)
    first, again = watched.incidents.values()
    assert first.status is IncidentStatus.CLOSED
    assert again.is_paging
    assert again.continues == first.incident_id
    # Ten times what was told by then.
    for step in range(8):
        watched.read(9 + step / 2, 4_000, **SUPPLIERS)
    assert len(pages(watched.states)) == 2


def test_a_planted_record_within_an_open_page_pages_at_once() -> None:
    watched = Watched(canaries=frozenset({77}))
    watched.read(6, 10, **SUPPLIERS)
    watched.read(6.01, 10, **SUPPLIERS)
    watched.read(6.02, 1, subject_ids=(77,))
    first, planted = pages(watched.states).values()
    assert (first.page_kind, planted.page_kind) == (
        IncidentKind.PURPOSE_VIOLATION,
        IncidentKind.CANARY,
    )
    assert planted.continues == first.incident_id


def test_a_stolen_key_within_an_open_page_pages() -> None:
    watched = Watched(days=10)
    # The page stays open for a day.
    for step in range(24):
        watched.read(10 + step / 24, 10, **SUPPLIERS)
    assert len(pages(watched.states)) == 1
    for step in range(40):
        watched.read(
            11 + step / 24 / 60, 400, source_ip="203.0.113.9", user_agent="curl/8.5.0",
        )  # fmt: skip
    first, stolen = pages(watched.states).values()
    assert first.page_kind is IncidentKind.PURPOSE_VIOLATION
    assert stolen.page_kind in {IncidentKind.BULK_READ, IncidentKind.NEW_NETWORK}
    assert IncidentKind.NEW_NETWORK in stolen.kinds


def test_another_cause_is_another_incident() -> None:
    watched = Watched(canaries=frozenset({77}))
    watched.read(6, 10, **SUPPLIERS)
    watched.read(7, 1, subject_ids=(77,))
    assert len(pages(watched.states)) == 2


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_on_a_closed_ticket_holds_when_it_goes_on(verdict: Verdict) -> None:
    watched = Watched()
    watched.read(6, 10, **SUPPLIERS)
    watched.read(6.5, 10, **SUPPLIERS)
    (incident,) = watched.incidents.values()
    watched.detector.finish()
    given = feedback_on(incident, verdict, note="", decided_at=incident.updated_at, by="maria")
    assert watched.detector.apply_verdict(given)
    watched.read(7, 10, **SUPPLIERS)
    assert len(watched.incidents) == 1
    watched.read(7.01, 900, **SUPPLIERS)
    watched.read(7.02, 900, **SUPPLIERS)
    # Beyond ten times what was judged benign, it pages.
    assert len(pages(watched.states)) == (2 if verdict is Verdict.BENIGN else 1)
