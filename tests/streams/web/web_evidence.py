"""A redacted event of an incident, as the pages show it."""

from datetime import UTC, datetime

from models.domain.access_event import Outcome
from models.domain.data_class import DataClass
from models.incidents.incident import Evidence

START = datetime(2026, 1, 26, 2, 31, tzinfo=UTC)


def evidence(**changes: object) -> Evidence:
    values: dict[str, object] = {
        "event_id": "e-1",
        "time": START,
        "operation": "getOrders",
        "resource": None,
        "data_classes": (DataClass.CUSTOMER,),
        "outcome": Outcome.SUCCESS,
        "records": 60,
        "bytes": 900,
        "source_ip": "203.0.113.40",
        "country": "US",
        "asn": 64511,
        "user_agent": "python-requests/2.32",
        "credential_id": "key-1",
    }
    return Evidence(**(values | changes))
