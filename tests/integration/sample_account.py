"""Three quiet weeks of an invented seller account, and one eventful night."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.redaction import SubjectHasher
from models.incidents.incident import Incident

START = datetime(2026, 1, 5, tzinfo=UTC)
QUIET_DAYS = 21
NIGHT = START + timedelta(days=QUIET_DAYS)
NOW = NIGHT + timedelta(hours=3, minutes=14)
PROCESSOR = "app-payments-eu"
HASHER = SubjectHasher(bytes(32))


@dataclass(frozen=True)
class Habit:
    """The hourly reads of an integration."""

    principal: str
    service: str
    operation: str
    data_class: DataClass
    records: int
    calls: int
    source_ip: str
    country: str
    asn: int
    user_agent: str
    credential_id: str


HABITS = (
    Habit(PROCESSOR, "finances", "listFinancialEvents", DataClass.FINANCIAL, 20, 5,
          "192.0.2.10", "IE", 64496, "payments-sync/4.2", "AKSELLER0PAY"),
    Habit("app-erp-bridge", "orders", "getOrders", DataClass.CUSTOMER, 45, 6,
          "192.0.2.61", "DE", 64497, "erp-bridge/11.0", "lwa-7f31"),
    Habit("app-repricer", "catalog", "searchCatalogItems", DataClass.CATALOG, 20, 40,
          "192.0.2.77", "NL", 64498, "repricer/2.9", "lwa-01c9"),
    Habit("app-supply-planner", "vendorOrders", "getPurchaseOrders", DataClass.SUPPLIER, 12, 3,
          "192.0.2.93", "DE", 64497, "planner/0.8", "lwa-5be2"),
    Habit("arn:aws:iam::123456789012:role/bi-export", "s3", "GetObject", DataClass.CUSTOMER, 1, 8,
          "198.51.100.7", "IE", 64499, "aws-sdk-go/1.55", "ASIAEXAMPLEBI"),
)  # fmt: skip


def quiet_events() -> Iterator[AccessEvent]:
    for hour in range(QUIET_DAYS * 24 + 3):
        for habit in HABITS:
            # Real traffic is not regular; a fixed pattern keeps every run the same.
            calls = max(
                1, round(habit.calls * (0.5 + (hour * 37 + len(habit.principal)) % 17 / 16))
            )
            for number in range(calls):
                at = START + timedelta(hours=hour, seconds=number * 3300 / calls + hour % 50)
                records = round(habit.records * (0.5 + (hour * 13 + number * 7) % 11 / 10))
                yield event(habit, at, f"q-{hour}-{number}", records=max(1, records))


def event(habit: Habit, at: datetime, name: str, **changes: object) -> AccessEvent:
    is_role = habit.principal.startswith("arn:")
    values: dict[str, object] = {
        "event_id": f"{habit.credential_id}-{name}",
        "time": at.timestamp(),
        "tenant": "A1EXAMPLESELLER",
        "principal": habit.principal,
        "principal_kind": PrincipalKind.ROLE if is_role else PrincipalKind.APPLICATION,
        "service": habit.service,
        "operation": habit.operation,
        "outcome": Outcome.SUCCESS,
        "data_classes": (habit.data_class,),
        "records": habit.records,
        "bytes": changes.get("records", habit.records) * 640,
        "credential_id": habit.credential_id,
        "source_ip": habit.source_ip,
        "country": habit.country,
        "asn": habit.asn,
        "user_agent": habit.user_agent,
    }
    return AccessEvent(**(values | changes))  # type: ignore[arg-type]


def buyers_of(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(HASHER.subject(f"buyer-{number}") for number in numbers)


def night_events() -> Iterator[AccessEvent]:
    """The processor's key reads buyers from a new network; three others have smaller incidents."""
    processor, erp, _, planner, role = HABITS
    foreign = {"source_ip": "203.0.113.40", "country": "US", "asn": 64511}
    for number in range(96):
        at = NIGHT + timedelta(hours=2, minutes=31, seconds=number * 26)
        buyers = DataClass.CUSTOMER if number % 4 else DataClass.FINANCIAL
        yield event(
            processor, at, f"n-{number}", service="orders", records=60 + number % 41,
            operation="getOrders" if number % 4 else "listTransactions",
            data_classes=(buyers,), bytes=71_000, user_agent="python-requests/2.32",
            subject_ids=buyers_of(range(number * 60, number * 60 + 60)), **foreign,
        )  # fmt: skip
    for number in range(40):
        at = NIGHT + timedelta(hours=1, minutes=10, seconds=number * 50)
        yield event(planner, at, f"n-{number}", records=60, subject_ids=buyers_of([9_000 + number]))
    for number in range(30):
        at = NIGHT + timedelta(minutes=20, seconds=number * 45)
        yield event(erp, at, f"n-{number}", records=100, user_agent="erp-bridge/11.1")
    for number in range(70):
        at = NIGHT - timedelta(days=2) + timedelta(hours=13, seconds=number * 31)
        yield event(role, at, f"n-{number}", resource="acme-orders-archive", **foreign)


def incidents() -> list[Incident]:
    """Run the real detector over everything; return the last state of each incident."""
    profile = PrincipalProfile(
        kind="payment_processor",
        allowed_data_classes=frozenset({DataClass.PAYMENT, DataClass.FINANCIAL}),
    )
    detector = Detector(DetectorSettings(), {PROCESSOR: profile})
    events = sorted([*quiet_events(), *night_events()], key=lambda e: (e.time, e.event_id))
    last: dict[str, Incident] = {}
    for one in events:
        if one.time <= NOW.timestamp():
            last |= {incident.incident_id: incident for incident in detector.process(one)}
    last |= {incident.incident_id: incident for incident in detector.open_incidents()}
    return list(last.values())
