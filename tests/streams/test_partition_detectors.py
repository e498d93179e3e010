import pytest

from models.access_event import AccessEvent, Outcome, PrincipalKind
from models.data_class import DataClass
from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.errors import WireFormatError
from models.event_batch import encode_batch
from models.incident import IncidentStatus
from streams.exporters.worker_metrics import WorkerMetrics
from streams.partition_detectors import PartitionDetectors

PROFILE = PrincipalProfile(kind="erp", allowed_data_classes=frozenset())


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def make(clock: Clock) -> tuple[PartitionDetectors, WorkerMetrics]:
    metrics = WorkerMetrics(top_incidents=5)

    def detector(partition: int) -> Detector:
        return Detector(DetectorSettings(), {"app-1": PROFILE}, partition=partition)

    return PartitionDetectors(detector, metrics, 300.0, clock), metrics


VALUE = encode_batch(
    [
        AccessEvent(
            event_id="r-1",
            time=1_767_225_600.0,
            tenant="A1",
            principal="app-1",
            principal_kind=PrincipalKind.APPLICATION,
            service="orders",
            operation="getOrders",
            outcome=Outcome.SUCCESS,
            data_classes=(DataClass.CUSTOMER,),
            records=7,
        )
    ]
)


def test_a_message_is_scored_and_counted() -> None:
    detectors, metrics = make(Clock())
    incidents = detectors.process(2, VALUE)
    assert [i.principal for i in incidents] == ["app-1"]
    value = metrics.registry.get_sample_value
    assert value("sellerwatch_events_total", {"outcome": "success"}) == 1
    read = {"tenant": "A1", "data_class": "customer", "integration_kind": "application"}
    assert value("sellerwatch_records_read_total", read) == 7
    assert value("sellerwatch_pages_total", {"kind": "purpose_violation"}) == 1
    assert value("sellerwatch_principals", {"partition": "2"}) == 1


def test_a_message_that_is_no_batch_is_refused() -> None:
    detectors, _ = make(Clock())
    with pytest.raises(WireFormatError):
        detectors.process(0, b"x")


def test_a_silent_partition_lets_its_incidents_close() -> None:
    clock = Clock()
    detectors, _ = make(clock)
    detectors.process(0, VALUE)
    clock.now = 299.0
    assert detectors.advance_idle() == []
    clock.now = 8000.0
    assert [i.status for i in detectors.advance_idle()] == [IncidentStatus.CLOSED]


def test_a_partition_that_moved_is_forgotten() -> None:
    clock = Clock()
    detectors, _ = make(clock)
    detectors.process(0, VALUE)
    detectors.drop({0})
    clock.now = 8000.0
    assert detectors.advance_idle() == []
