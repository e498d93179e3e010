"""Events of a small, regular fleet, for tests of the detector."""

import random

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass

START = 1_767_225_600.0  # Thursday, 2026-01-01 00:00 UTC
DAY = 86_400.0


def event(seconds: float, records: int | None, principal: str = "app-1", **fields) -> AccessEvent:
    values = {
        "event_id": f"{principal}-{seconds}-{records}",
        "time": START + seconds,
        "tenant": "A1",
        "principal": principal,
        "principal_kind": PrincipalKind.APPLICATION,
        "service": "orders",
        "operation": "getOrders",
        "outcome": Outcome.SUCCESS,
        "data_classes": (DataClass.CUSTOMER,),
        "records": records,
        "source_ip": "192.0.2.7",
        "user_agent": "erp/1.0",
        "credential_id": f"key-{principal}",
    }
    return AccessEvent(**(values | fields))


def fleet(days: float, principals: int = 12, seed: int = 1, growth=None) -> list[AccessEvent]:
    """Hourly reads of about 20 records each, lognormal; `growth` maps name and day to a factor."""
    rng = random.Random(seed)
    events = []
    for hour in range(int(days * 24)):
        for index in range(principals):
            name = f"app-{index}"
            factor = 1.0 if growth is None else growth(name, hour / 24)
            records = round(20 * factor * rng.lognormvariate(0, 0.4))
            events.append(event(hour * 3600 + 60 * index + rng.random(), records, name))
    return events


def pages(incidents) -> dict[str, object]:
    return {i.incident_id: i for i in incidents if i.page}
