"""Which kind of incident a reason of the statistics shows."""

from typing import Final

from msgspec.structs import replace

from models.incidents.incident import IncidentKind, Reason

_KINDS_OF_NEW: Final = {
    "network": IncidentKind.NEW_NETWORK,
    "country": IncidentKind.NEW_NETWORK,
    "operation": IncidentKind.NEW_OPERATION,
    "data_class": IncidentKind.NEW_OPERATION,
    "resource": IncidentKind.NEW_OPERATION,
    "principal": IncidentKind.NEW_PRINCIPAL,
    "hour": IncidentKind.OFF_HOURS,
    "far_hour": IncidentKind.OFF_HOURS,
    "history": IncidentKind.BULK_READ,
}
_OF_DAYS: Final = frozenset({"3d", "7d", "30d"})


def kind_of(reason: Reason) -> IncidentKind | None:
    """Return the kind that a reason of the statistics shows; None for one that shows none.

    Examples
    --------
    >>> reason = Reason(
    ...     feature="network", window="event", observed="192.0.2.0/24", expected=None, p_value=0.1,
    ...     contribution=1.0, text="app-1 used the network 192.0.2.0/24 for the first time.",
    ... )
    >>> kind_of(reason).value
    'new_network'
    """
    if reason.window == "event":
        return _KINDS_OF_NEW.get(reason.feature)
    is_slow = reason.window in _OF_DAYS
    return IncidentKind.SLOW_EXFILTRATION if is_slow else IncidentKind.BULK_READ


def with_each_kind(best: tuple[Reason, ...], rest: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Return the best reasons, and of the rest those of further kinds, which had no share in it.

    Examples
    --------
    >>> with_each_kind((), ())
    ()
    """
    told = set(map(kind_of, best))
    more = {kind_of(reason): reason for reason in reversed(rest) if kind_of(reason) not in told}
    return (*best, *(replace(reason, contribution=0.0) for reason in reversed(more.values())))
