from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from streams.exposure.policy_controls import Facts

BEGIN = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
MakeEvent = Callable[..., AccessEvent]


@pytest.fixture(scope="session")
def make_event() -> MakeEvent:
    def make(**changes: object) -> AccessEvent:
        values: dict[str, object] = {
            "event_id": "e-1", "time": BEGIN + 60, "tenant": "A1", "principal": "app-1",
            "principal_kind": PrincipalKind.APPLICATION, "service": "orders",
            "operation": "getOrders", "outcome": Outcome.SUCCESS,
            "data_classes": (DataClass.CUSTOMER,), "records": 50, "bytes": 900,
            "subject_ids": (1, 2, 3), "source_ip": "192.0.2.10", "country": "DE",
        }  # fmt: skip
        return AccessEvent(**(values | changes))

    return make


@pytest.fixture(scope="session")
def facts() -> Facts:
    return Facts(
        kinds={"app-1": "erp"}, canaries=0, events_hours=168, audit_hours=8760,
        hashes_with_key=True, has_login=True, signs_evidence=False,
    )  # fmt: skip
