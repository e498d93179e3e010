"""What else the credential of an incident can read."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from models.catalogue.catalogue import Catalogue
from models.catalogue.catalogue_entry import CatalogueEntry
from models.detector_settings import PrincipalProfile
from models.domain.access_event import Outcome
from models.domain.data_class import DataClass
from models.incidents.incident import Incident
from streams.presentation.alert_texts import is_of_the_fleet
from streams.presentation.shell_text import shell_option
from streams.web.aws_identity import AwsIdentity

_EXAMPLES: Final = 3
# IAM's names of the calls that read tables, files, secrets, or get at them by another way.
_READS: Final = (
    "s3:GetObject", "s3:ListBucket", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan",
    "dynamodb:ExportTableToPointInTime", "athena:StartQueryExecution", "athena:GetQueryResults",
    "glue:GetTable", "rds-data:ExecuteStatement", "redshift-data:ExecuteStatement",
    "rds:CreateDBSnapshot", "ec2:CreateSnapshot", "secretsmanager:GetSecretValue",
    "ssm:GetParameter", "kms:Decrypt", "sqs:ReceiveMessage", "lambda:GetFunction",
    "sts:AssumeRole", "iam:CreateAccessKey", "iam:PassRole",
)  # fmt: skip
_GRANTS: Final = {
    "user": (
        "list-attached-user-policies", "list-user-policies", "list-groups-for-user",
        "list-access-keys",
    ),
    "role": ("list-attached-role-policies", "list-role-policies", "get-role"),
}  # fmt: skip


@dataclass(frozen=True)
class ReachedClass:
    """One data class, and how the credential may read it.

    Parameters
    ----------
    data_class
        The class.
    was_read
        Whether an incident of the same credential or principal read it.
    declared
        Whether the principal was declared to need it; None if nothing is declared.
    answered, operations
        Of the seller API's operations that expose it: how many belong to services that answered
        this credential in an incident, and how many there are.
    restricted
        How many of them hand out personal data that Amazon restricts.
    examples
        Names of some, those of services that answered first.
    """

    data_class: DataClass
    was_read: bool
    declared: bool | None
    answered: int
    operations: int
    restricted: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Reach:
    """What a credential can read, as far as logs, declarations and the catalogue tell.

    Parameters
    ----------
    classes
        The gravest first.
    lines
        Commands that ask AWS itself.
    """

    classes: tuple[ReachedClass, ...]
    lines: tuple[str, ...] = ()


class CredentialReach:
    """Tells what else a credential can read.

    Parameters
    ----------
    catalogue
        What each operation of the seller API exposes.
    profiles
        What was declared about each principal.

    Examples
    --------
    >>> kinds = (DataClass.CUSTOMER,)
    >>> entry = CatalogueEntry(name="getOrders", service="orders", data_classes=kinds)
    >>> reach = CredentialReach(Catalogue(routes={"GET /orders": entry}), {})
    >>> reach.operations_of(DataClass.CUSTOMER)
    1
    """

    def __init__(self, catalogue: Catalogue, profiles: Mapping[str, PrincipalProfile]) -> None:
        self._profiles = profiles
        self._named: dict[str, list[CatalogueEntry]] = {}
        self._entries: dict[DataClass, list[CatalogueEntry]] = {}
        # An operation has a route for each of its versions.
        operations = {(one.service, one.name): one for one in catalogue.routes.values()}
        for entry in operations.values():
            self._named.setdefault(entry.name, []).append(entry)
            for kind in entry.data_classes:
                if kind.is_sensitive:
                    self._entries.setdefault(kind, []).append(entry)

    def operations_of(self, kind: DataClass) -> int:
        """Return how many operations of the seller API expose a class."""
        return len(self._entries.get(kind, ()))

    def of(self, incident: Incident, others: Iterable[Incident]) -> Reach | None:
        """Return what an incident's credentials can read; None for one of many principals.

        Parameters
        ----------
        incident
            The incident.
        others
            All known incidents, of which those with the same principal or credential count.
        """
        if is_of_the_fleet(incident):
            return None
        keys = set(incident.credential_ids)
        seen = [incident, *(one for one in others if _is_same_reader(one, incident, keys))]
        identity = AwsIdentity.of(incident.principal)
        if identity is None:
            return Reach(self._classes(incident, seen))
        return Reach(self._read(incident, seen), _questions(incident.principal, identity))

    def _classes(self, incident: Incident, seen: Sequence[Incident]) -> tuple[ReachedClass, ...]:
        services = self._answering(seen)
        return tuple(
            self._class(kind, incident, seen, services)
            for kind in DataClass
            if kind in self._entries or _was_read(kind, seen)
            if kind.is_sensitive
        )

    def _read(self, incident: Incident, seen: Sequence[Incident]) -> tuple[ReachedClass, ...]:
        """Tell only what was seen: no list of ours knows what a bucket of the seller's holds."""
        return tuple(
            ReachedClass(kind, True, self._is_declared(incident.principal, kind), 0, 0, 0, ())
            for kind in DataClass
            if kind.is_sensitive and _was_read(kind, seen)
        )

    def _class(
        self, kind: DataClass, incident: Incident, seen: Sequence[Incident], services: set[str]
    ) -> ReachedClass:
        entries = self._entries.get(kind, [])
        order = sorted(entries, key=lambda one: (one.service not in services, not one.restricted))
        return ReachedClass(
            data_class=kind,
            was_read=_was_read(kind, seen),
            declared=self._is_declared(incident.principal, kind),
            answered=sum(one.service in services for one in entries),
            operations=len(entries),
            restricted=sum(one.restricted for one in entries),
            examples=tuple(one.name for one in order[:_EXAMPLES]),
        )

    def _answering(self, seen: Sequence[Incident]) -> set[str]:
        """Return the services of the seller API that answered: one role opens most of a service."""
        events = [
            (event.operation, frozenset(event.data_classes))
            for one in seen
            for event in one.evidence
            if event.outcome is Outcome.SUCCESS
        ]
        return {
            entry.service
            for name, kinds in dict.fromkeys(events)
            for entry in self._named.get(name, ())
            # Operations of several services may share a name.
            if kinds.issuperset(entry.data_classes)
        }

    def _is_declared(self, principal: str, kind: DataClass) -> bool | None:
        profile = self._profiles.get(principal)
        if profile is None or profile.allowed_data_classes is None:
            return None
        return kind in profile.allowed_data_classes


def _is_same_reader(other: Incident, incident: Incident, keys: set[str]) -> bool:
    if other.tenant != incident.tenant or other.incident_id == incident.incident_id:
        return False
    return other.principal == incident.principal or not keys.isdisjoint(other.credential_ids)


def _was_read(kind: DataClass, seen: Sequence[Incident]) -> bool:
    return any(kind in one.data_classes for one in seen)


def _questions(principal: str, identity: AwsIdentity) -> tuple[str, ...]:
    """Return the commands that list a principal's grants and simulate its policies."""
    if identity.kind not in _GRANTS:
        return ()
    who = shell_option(f"--{identity.kind}-name", identity.name)
    source = shell_option("--policy-source-arn", principal)
    query = shlex.quote("--query=EvaluationResults[?EvalDecision=='allowed'].EvalActionName")
    simulate = (
        f"aws iam simulate-principal-policy {source} --action-names {' '.join(_READS)} {query}"
    )
    return (*(f"aws iam {name} {who}" for name in _GRANTS[identity.kind]), simulate)
