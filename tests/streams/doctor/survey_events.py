"""Events for the doctor's tests."""

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass


def event(**fields: object) -> AccessEvent:
    values: dict = {
        "event_id": "e-1", "time": 1_000.0, "tenant": "A1SELLER", "principal": "app-1",
        "principal_kind": PrincipalKind.APPLICATION, "service": "orders",
        "operation": "getOrders", "outcome": Outcome.SUCCESS,
        "data_classes": (DataClass.CUSTOMER,), "records": 10, "credential_id": "key-1",
        "grant": "lwa", "source_ip": "192.0.2.1", "credential_age_days": 10,
    }  # fmt: skip
    return AccessEvent(**(values | fields))
