"""Everything that the page of one incident shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.incidents.feedback import Feedback, size_of
from models.incidents.incident import Evidence, Incident
from models.incidents.planned_change import PlannedChange
from streams.presentation.alert_texts import (
    ALERT_TEXTS,
    CUT_OFF,
    FLEET_SURGE,
    is_of_the_fleet,
    page_kind,
)
from streams.presentation.dashboard_links import dashboard_url
from streams.presentation.incident_labels import series_labels
from streams.presentation.untrusted_text import sanitize, sanitize_name
from streams.presentation.wording import (
    count,
    humanize,
    percent,
    sequence,
    short_principal,
)
from streams.web.notification_clock import Duty, duties
from streams.web.reason_bars import ReasonBar, reason_bars
from streams.web.story import story
from streams.web.timeline_chart import TimelineChart, timeline_chart


@dataclass(frozen=True)
class AccessOrigin:
    """A source of reads, and how many of the shown events came from it."""

    address: str
    network: str
    events: int


@dataclass(frozen=True)
class IncidentPage:
    """An incident, with everything its page shows.

    Parameters
    ----------
    now
        The time that the deadlines are measured at, UTC.
    size
        What a verdict from this page judges.
    """

    incident: Incident
    verdict: Feedback | None
    kind: str
    story: str
    lasted: timedelta
    shares: tuple[tuple[str, str], ...]
    places: tuple[AccessOrigin, ...]
    agents: tuple[str, ...]
    reasons: tuple[ReasonBar, ...]
    chart: TimelineChart | None
    earlier_records: str
    has_resources: bool
    duties: tuple[Duty, ...]
    steps: tuple[str, ...]
    dashboard_url: str
    now: datetime
    size: int


def incident_page(
    incident: Incident,
    verdict: Feedback | None,
    now: datetime,
    kind: str = "",
    dashboards: str = "",
) -> IncidentPage:
    """Prepare the page of an incident.

    Parameters
    ----------
    incident, verdict, now
        What the page shows, and at what time.
    kind
        Declared kind of the principal.
    dashboards
        Base address of the dashboards.
    """
    agents = {sanitize(e.user_agent, 60): None for e in incident.evidence if e.user_agent}
    return IncidentPage(
        incident=incident,
        verdict=verdict,
        kind=humanize(kind),
        story=story(incident, kind),
        lasted=incident.updated_at - incident.exposure.since,
        shares=tuple(
            (sanitize(_known(what), 40), percent(share))
            for what, share in incident.known_share.items()
        ),
        places=_places(incident.evidence),
        agents=tuple(agents),
        reasons=tuple(reason_bars(incident.reasons, incident.principal)),
        chart=timeline_chart(incident),
        earlier_records=_earlier(incident),
        has_resources=any(event.resource for event in incident.evidence),
        duties=duties(incident, verdict, now),
        steps=next_steps(incident),
        dashboard_url=dashboard_url(series_labels(incident), dashboards),
        now=now,
        size=size_of(incident),
    )


def _known(what: str) -> str:
    """Name the subjects and the days that a share refers to, such as ``buyers today``."""
    return humanize(what) if what.endswith("_days") else f"{humanize(what)} today"


def _places(evidence: tuple[Evidence, ...]) -> tuple[AccessOrigin, ...]:
    places: dict[tuple[str, str], int] = {}
    for event in evidence:
        network = [event.country] if event.country else []
        if event.asn is not None:
            network.append(f"AS{event.asn}")
        key = sanitize(event.source_ip or "unknown address", 60), sanitize(", ".join(network), 40)
        places[key] = places.get(key, 0) + 1
    most = sorted(places.items(), key=lambda item: (-item[1], item[0]))
    return tuple(AccessOrigin(address, network, events) for (address, network), events in most)


def _earlier(incident: Incident) -> str:
    """Return how many of the records were read before the timeline begins."""
    total, shown = incident.exposure.records or 0, incident.timeline.records_total
    return count(total - shown) if incident.timeline.buckets and total > shown else ""


def next_steps(incident: Incident) -> tuple[str, ...]:
    """Return the first steps; the runbook has the commands."""
    if incident.planned is not None and not incident.page:
        return _planned_steps(incident.planned)
    # The most severe sign sets the question, whichever sign raised the page.
    signs = [page_kind(incident), *incident.kinds]
    text = next(text for sign, text in ALERT_TEXTS.items() if sign in signs)
    if is_of_the_fleet(incident):
        text = ALERT_TEXTS[FLEET_SURGE]
    name = short_principal(incident.principal)
    when = (
        "If nobody can explain it within minutes," if text.cut_off == CUT_OFF else "Before you ask,"
    )
    cut_off = f"{when} {_cut_off(incident, name)}"
    question = text.question
    if incident.planned is not None:
        by = sanitize_name(incident.planned.by, 64)
        question = f"Ask {by}, who has declared the planned change, whether the job needs more."
    return (
        question,
        text.cut_off if is_of_the_fleet(incident) else cut_off,
        "Keep the evidence: copy the access logs of this period before they expire.",
        "Give a verdict below. Malicious keeps this behaviour out of the baseline.",
    )


def _planned_steps(change: PlannedChange) -> tuple[str, ...]:
    return (
        f"Nothing, if the change is right: ask {sanitize_name(change.by, 64)}, who has declared "
        "it, if you doubt it.",
        "If it is not, end it on the page of planned changes: what follows is then judged as "
        "always.",
    )


def _cut_off(incident: Incident, name: str) -> str:
    keys = [sanitize_name(key, 40) for key in incident.credential_ids[:3]]
    if incident.principal.startswith("arn:"):
        return f"freeze {name} with a deny-all policy and end its sessions."
    if keys:
        return f"revoke {sequence(keys)} of {name}: that stops the reads at once."
    return f"revoke the access of {name}: that stops the reads at once."
