"""A read of data that a principal is not declared to need."""

from models.access_event import AccessEvent
from models.data_class import DataClass
from models.detector_settings import PrincipalProfile
from models.incident import IncidentKind
from models.rules.finding import Finding, certain_reason


def purpose_violation(event: AccessEvent, profile: PrincipalProfile | None) -> Finding | None:
    """Find a successful read of a sensitive class outside the declared ones."""
    if profile is None or profile.allowed_data_classes is None:
        return None
    for name in event.data_classes:
        if name.is_sensitive and name not in profile.allowed_data_classes:
            return _violation(event, name, profile)
    return None


def _violation(event: AccessEvent, name: DataClass, profile: PrincipalProfile) -> Finding:
    allowed = ", ".join(sorted(profile.allowed_data_classes or ())) or "nothing"
    text = f"{event.principal[:120]}, a {profile.kind}, read {name} data; declared: {allowed}."
    reason = certain_reason("purpose", name, allowed, text)
    return Finding(IncidentKind.PURPOSE_VIOLATION, reason, page=True)
