"""Which techniques of MITRE ATT&CK an incident shows."""

from collections.abc import Iterable
from typing import Final

from models.incidents.incident import IncidentKind

# https://attack.mitre.org: T1530 Data from Cloud Storage, T1213 Data from Information
# Repositories, T1078.004 Valid Accounts: Cloud Accounts, T1619 Cloud Storage Object
# Discovery, T1119 Automated Collection, T1528 Steal Application Access Token, T1030 Data
# Transfer Size Limits, T1110 Brute Force, T1555.006 Cloud Secrets Management Stores,
# T1098 Account Manipulation, T1537 Transfer Data to Cloud Account.
_TECHNIQUES: Final = {
    IncidentKind.BULK_READ: ("T1213", "T1119"),
    IncidentKind.SLOW_EXFILTRATION: ("T1030", "T1119"),
    IncidentKind.NEW_NETWORK: ("T1078.004",),
    IncidentKind.NEW_OPERATION: ("T1213",),
    IncidentKind.PURPOSE_VIOLATION: ("T1213",),
    IncidentKind.OFF_HOURS: ("T1078.004",),
    IncidentKind.NEW_PRINCIPAL: ("T1078.004",),
    IncidentKind.CREDENTIAL_SHARING: ("T1528", "T1078.004"),
    IncidentKind.CANARY: ("T1213",),
    IncidentKind.ENUMERATION: ("T1619", "T1110"),
    IncidentKind.DELEGATION: ("T1098", "T1537"),
}
_STORES: Final = frozenset({"s3", "dynamodb"})


def techniques_of(kinds: Iterable[IncidentKind], service: str) -> tuple[str, ...]:
    """Return the ids of the techniques that the kinds stand for, each once.

    Parameters
    ----------
    kinds
        Kinds of the incident.
    service
        The service where it began: reads of cloud storage are a technique of their own.

    Examples
    --------
    >>> techniques_of([IncidentKind.NEW_NETWORK, IncidentKind.OFF_HOURS], "s3")
    ('T1078.004', 'T1530')
    """
    found = {technique: None for kind in kinds for technique in _TECHNIQUES.get(kind, ())}
    if service in _STORES:
        found["T1530"] = None
    return tuple(found)
