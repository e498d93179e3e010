"""Every incident of four worlds: story, reasons, figures and bars agree, and are true."""

import re

import pytest

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent
from models.incidents.incident import Incident, Reason
from models.incidents.reason_kind import kind_of
from models.incidents.reason_text import told_name
from streams.ingest.parser_factory import make_parser
from streams.presentation.wording import count
from streams.settings.settings import Settings
from streams.simulation.worlds import make_world
from streams.web.reason_bars import ReasonBar, reason_bars
from streams.web.story import story

KEY = bytes(range(32))
SETTINGS = DetectorSettings()


def incidents_of(family: str, seed: int) -> list[Incident]:
    """Return every state of every incident, as it was published."""
    parser, detector = make_parser(Settings(), "auto", KEY), Detector(SETTINGS, {})
    found = []
    for record in make_world(family, seed).records():
        for event in parser.parse(record.record, source="world", position=""):
            if isinstance(event, AccessEvent):
                found += detector.process(event)
    return found + detector.finish()


@pytest.mark.parametrize(
    ("family", "seed"), [("small", 1), ("sparse", 1), ("churn", 5), ("people", 2)]
)
def test_story_reasons_figures_and_bars_agree(family: str, seed: int) -> None:
    found = incidents_of(family, seed)
    assert any(incident.page for incident in found)
    for incident in found:
        assert incident.reasons, incident
        assert sum(reason.contribution for reason in incident.reasons) <= 1.001
        assert not incident.page or incident.p_value <= SETTINGS.false_pages_per_principal_day
        for reason, bar in zip(incident.reasons, reason_bars(incident.reasons), strict=True):
            check_text(incident, reason)
            check_bar(reason, bar)
        check_kinds(incident)
        check_first_reason(incident)
        check_story(incident)
    tickets = {i.incident_id: i for i in found if not i.page}
    pages = {i.incident_id for i in found if i.page}
    causes = [
        (i.principal, i.kinds[0], i.opened_at.date()) for n, i in tickets.items() if n not in pages
    ]
    assert len(causes) == len(set(causes))


def check_text(incident: Incident, reason: Reason) -> None:
    """The sentence names the reader, the figure, and what is usual."""
    assert reason.text.startswith(told_name(incident.principal)), reason
    assert reason.text.endswith((".", "%.")), reason
    if isinstance(reason.observed, str):
        return
    figure = f"{reason.observed:.0%}" if reason.is_share else f"{reason.observed:,.0f}"
    assert figure in reason.text, reason
    if reason.p_value > 0.0:
        assert f"usual: {reason.usual.text()}." in reason.text, reason
        assert is_accepted(reason), reason
    if incident.exposure.records is None and reason.feature.endswith("records"):
        # No log told records: the number is an estimate, or counts objects.
        assert "about" in reason.text or "objects" in reason.text, reason


def is_accepted(reason: Reason) -> bool:
    """Whether a person takes it for a reason: a figure inside its band alone is none."""
    if reason.is_beyond_usual or (reason.days_above or 0) >= 3:
        return True
    first = re.search(r" read ([\d,]+) of ([\d,]+) objects for the first time", reason.text)
    if first is None:
        return False
    new, read = (int(number.replace(",", "")) for number in first.groups())
    return new >= 0.9 * read and new >= 1.5 * float(reason.expected or 0.0)


def check_bar(reason: Reason, bar: ReasonBar) -> None:
    """The bar ends beyond the band where the figure does, and inside it where it does not."""
    if bar.bar is None or bar.band is None:
        return
    assert bar.usual == reason.usual.text(is_share=reason.is_share)
    if not reason.is_share:
        assert bar.observed == count(float(reason.observed))
    assert (bar.bar > bar.band[1]) == reason.is_beyond_usual, (reason, bar)
    assert ("objects" in bar.title) == ("objects in " in reason.text), (reason, bar)


def check_kinds(incident: Incident) -> None:
    """Each sign has a reason: one of the statistics, or a rule's."""
    shown = {kind_of(reason) for reason in incident.reasons if reason.p_value > 0.0}
    by_rule = sum(reason.p_value == 0.0 for reason in incident.reasons)
    assert len(set(incident.kinds) - shown) <= by_rule, incident


def check_first_reason(incident: Incident) -> None:
    """The reason on top is a person's: a number that is not within the usual, or what is new."""
    first = incident.reasons[0]
    assert "reads no seller data" not in first.text or len(incident.reasons) == 1, incident
    if first.p_value > 0.0:
        assert first.contribution > 0.0 or len(incident.reasons) == 1, incident


def check_story(incident: Incident) -> None:
    """What is called far above is so; what was never read or used before has its reason."""
    told, features = story(incident), {reason.feature for reason in incident.reasons}
    volumes = [reason for reason in incident.reasons if reason.is_beyond_usual]
    if "far above" in told:
        assert any(reason.is_far_beyond_usual for reason in volumes), told
    if "above its usual volume" in told:
        assert any(reason.feature != "new_subjects" for reason in volumes), told
    if "network it had never used" in told:
        assert "network" in features, told
    if "never read before" in told:
        first = [r for r in incident.reasons if r.feature in {"new_subjects", "data_class"}]
        assert any(isinstance(r.observed, str) or count(r.observed) in told for r in first), told
    if "never made before" in told:
        assert features & {"operation", "resource", "data_class"}, told
