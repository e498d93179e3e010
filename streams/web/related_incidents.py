"""Which other incidents have to do with one, and what was said of them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from models.domain.network import network_of
from models.incidents.feedback import Feedback
from models.incidents.incident import Incident
from streams.web.story import story

_SHOWN: Final = 8
_SAME_HOUR: Final = timedelta(hours=1)
# A stolen key says more than a common program. Chosen, not measured.
_WEIGHTS: Final = {"credential": 16, "principal": 8, "network": 4, "tool": 2, "hour": 1}


@dataclass(frozen=True)
class RelatedIncident:
    """Another incident, what it shares with the one at hand, and the verdict on it."""

    incident: Incident
    shared: tuple[str, ...]
    story: str
    verdict: Feedback | None


@dataclass(frozen=True)
class RelatedIncidents:
    """The closest incidents, and the history of the principal in one line.

    Parameters
    ----------
    closest
        At most eight: those that share most, and of these the nearest in time.
    more
        How many others share something.
    past
        Earlier incidents of the same principal by verdict, such as ``2 benign``.
    """

    closest: tuple[RelatedIncident, ...]
    more: int
    past: tuple[str, ...]


class _Traits(NamedTuple):
    networks: frozenset[str]
    tools: frozenset[str]


def related_incidents(
    incident: Incident,
    others: Iterable[Incident],
    verdict_of: Callable[[str], Feedback | None],
    kind_of: Callable[[str], str],
) -> RelatedIncidents:
    """Find what else one principal, credential, network, tool or hour was part of.

    Credentials and networks are compared across tenants, the rest within one. An incident that
    shares an hour alone opened less than an hour before or after.

    Parameters
    ----------
    incident, others
        The one at hand, and all that are known.
    verdict_of, kind_of
        Incident's id -> its verdict; principal -> its declared kind.
    """
    traits = _traits(incident)
    found: list[tuple[Incident, tuple[str, ...]]] = []
    past: Counter[str] = Counter()
    for other in others:
        if other.incident_id == incident.incident_id:
            continue
        shared = _shared(incident, traits, other)
        if shared:
            found.append((other, shared))
        if "principal" in shared and other.opened_at < incident.opened_at:
            verdict = verdict_of(other.incident_id)
            past["without a verdict" if verdict is None else verdict.verdict.value] += 1
    found.sort(key=lambda one: _distance(incident, *one))
    closest = tuple(
        RelatedIncident(
            other, shared, story(other, kind_of(other.principal)), verdict_of(other.incident_id)
        )
        for other, shared in found[:_SHOWN]
    )
    told = tuple(f"{number} {name}" for name, number in sorted(past.items()))
    return RelatedIncidents(closest, len(found) - len(closest), told)


def networks_of(incident: Incident) -> tuple[str, ...]:
    """Return the networks of an incident's evidence, in the order of its events."""
    return tuple(
        dict.fromkeys(
            network_of(event.source_ip, event.asn)
            for event in incident.evidence
            if event.source_ip is not None
        )
    )


def _traits(incident: Incident) -> _Traits:
    tools = (event.user_agent for event in incident.evidence if event.user_agent)
    programs = frozenset(tool.partition("/")[0].casefold() for tool in tools)
    return _Traits(frozenset(networks_of(incident)), programs)


def _shared(incident: Incident, traits: _Traits, other: Incident) -> tuple[str, ...]:
    theirs = _traits(other)
    is_neighbour = other.tenant == incident.tenant
    is_shared = {
        "credential": not set(incident.credential_ids).isdisjoint(other.credential_ids),
        "principal": is_neighbour and other.principal == incident.principal,
        "network": not traits.networks.isdisjoint(theirs.networks),
        "tool": is_neighbour and not traits.tools.isdisjoint(theirs.tools),
        "hour": is_neighbour and abs(other.opened_at - incident.opened_at) <= _SAME_HOUR,
    }
    return tuple(name for name, shared in is_shared.items() if shared)


def _distance(
    incident: Incident, other: Incident, shared: tuple[str, ...]
) -> tuple[int, timedelta, str]:
    apart = abs(other.opened_at - incident.opened_at)
    return -sum(_WEIGHTS[name] for name in shared), apart, other.incident_id
