"""A read of undeclared data, or from an undeclared network."""

from ipaddress import ip_network

from models.detector_settings import PrincipalProfile
from models.domain.access_event import AccessEvent, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.network import Network, parse_address
from models.incidents.credential_text import network_text, purpose_text
from models.incidents.finding import Finding, certain_reason
from models.incidents.incident import IncidentKind
from models.incidents.usual_range import UsualRange


def purpose_violation(event: AccessEvent, profile: PrincipalProfile) -> Finding | None:
    """Find a successful read of a sensitive class outside the declared ones.

    Data that nobody has classified pages nobody: what it is, nobody could declare.
    """
    allowed = profile.allowed_data_classes
    if allowed is None:
        return None
    outside = [name for name in event.data_classes if name.is_sensitive and name not in allowed]
    if not outside:
        return None
    told = min(outside, key=lambda name: name is DataClass.UNCLASSIFIED)
    return _violation(event, told, profile)


def unexpected_network(event: AccessEvent, networks: tuple[Network, ...]) -> Finding | None:
    """Find a successful read of sensitive data from outside the declared networks."""
    if event.source_ip is None or not any(name.is_sensitive for name in event.data_classes):
        return None
    address = parse_address(event.source_ip)
    if address is None:
        # It is the host name of an AWS service.
        return None
    if any(address in network for network in networks):
        return None
    declared = ", ".join(str(network) for network in networks[:4]) or "none"
    text = network_text(event.principal, event.data_classes[0], event.source_ip, declared)
    usual = UsualRange(declared)
    reason = certain_reason("network", event.source_ip, usual, text, window="event")
    # People roam, machines do not.
    is_machine = event.principal_kind is not PrincipalKind.USER
    return Finding(IncidentKind.NEW_NETWORK, reason, page=is_machine)


def declared_networks(profile: PrincipalProfile) -> tuple[Network, ...]:
    """Parse the networks of a profile."""
    return tuple(ip_network(network) for network in profile.expected_networks or ())


def _violation(event: AccessEvent, name: DataClass, profile: PrincipalProfile) -> Finding:
    allowed = ", ".join(sorted(profile.allowed_data_classes or ())) or "nothing"
    text = purpose_text(event.principal, profile.kind, name, allowed)
    reason = certain_reason("purpose", name, UsualRange(allowed), text)
    return Finding(IncidentKind.PURPOSE_VIOLATION, reason, page=name is not DataClass.UNCLASSIFIED)
