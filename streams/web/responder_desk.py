"""What the page of an incident puts on the responder's desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.incidents.activity import Activity, ownership
from models.incidents.incident import Incident
from streams.web.credential_reach import CredentialReach, Reach
from streams.web.incident_store import IncidentStore
from streams.web.page_clock import PageClock
from streams.web.person import Person
from streams.web.related_incidents import RelatedIncidents, related_incidents
from streams.web.response_commands import CommandStep, response_commands


@dataclass(frozen=True)
class DeskView:
    """What one person sees of an incident's desk.

    Parameters
    ----------
    commands
        Lines to copy, in order; none for a viewer.
    reach
        What else the credential can read; None if that cannot be said.
    related
        What other incidents have to do with it.
    makes_evidence
        Whether there is a button for a bundle of evidence.
    owner, log
        The entry by which somebody has taken it, and all entries, the newest first.
    """

    commands: tuple[CommandStep, ...]
    reach: Reach | None
    related: RelatedIncidents | None = None
    makes_evidence: bool = False
    owner: Activity | None = None
    log: tuple[Activity, ...] = ()


@dataclass(frozen=True)
class ResponderDesk:
    """Prepares the desk of an incident.

    Parameters
    ----------
    store
        All known incidents.
    clock
        Tells the time.
    s3_places
        Buckets and folders of the access logs.
    reach
        Tells what a credential can read, if that is known.
    kinds
        Principal -> declared kind.
    makes_evidence
        Whether bundles of evidence can be had here.
    """

    store: IncidentStore
    clock: PageClock
    s3_places: Sequence[str]
    reach: CredentialReach | None
    kinds: Mapping[str, str] = field(default_factory=dict)
    makes_evidence: bool = False

    def view(self, incident: Incident, person: Person | None) -> DeskView:
        """Return what a person sees; only who may judge gets commands."""
        may_act = person is not None and person.may_judge
        reach = None if self.reach is None else self.reach.of(incident, self.store.all())
        commands = response_commands(incident, self.clock.wall(), self.s3_places)
        related = related_incidents(
            incident, self.store.all(), self.store.verdict, lambda name: self.kinds.get(name, "")
        )
        log = self.store.activities.log(incident)
        return DeskView(
            commands if may_act else (),
            reach,
            related,
            may_act and self.makes_evidence,
            ownership(log),
            tuple(reversed(log)),
        )
