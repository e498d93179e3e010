from datetime import timedelta

import msgspec
import pytest

from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.event_batch import decode_batch, encode_batch
from models.errors import WireFormatError
from models.incidents.feedback import Verdict, feedback_on
from models.incidents.incident import IncidentStatus
from models.incidents.planned_change import PlannedChange
from streams.exporters.worker_metrics import WorkerMetrics
from streams.worker.partition_detectors import PartitionDetectors

PROFILE = PrincipalProfile(kind="erp", allowed_data_classes=frozenset())
QUIET_SECONDS = DetectorSettings().incident_quiet_seconds


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def make(clock: Clock) -> tuple[PartitionDetectors, WorkerMetrics]:
    metrics = WorkerMetrics(top_incidents=5)

    def detector(partition: int) -> Detector:
        return Detector(DetectorSettings(), {"app-1": PROFILE}, partition=partition)

    detectors = PartitionDetectors(detector, metrics, QUIET_SECONDS, 300.0, clock)
    detectors.open(2, 0)
    return detectors, metrics


def batch(number: int, seconds: float = 0.0) -> bytes:
    return encode_batch(
        [
            AccessEvent(
                event_id=f"r-{number}",
                time=1_767_225_600.0 + seconds,
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
    incidents = detectors.process(2, 0, batch(1))
    assert [i.principal for i in incidents] == ["app-1"]
    value = metrics.registry.get_sample_value
    assert value("sellerwatch_events_total", {"outcome": "success"}) == 1
    read = {"tenant": "A1", "data_class": "customer", "integration_kind": "application"}
    assert value("sellerwatch_records_read_total", read) == 7
    assert value("sellerwatch_pages_total", {"kind": "purpose_violation"}) == 1
    assert value("sellerwatch_principals", {"partition": "2"}) == 1
    assert value("sellerwatch_stage_seconds_total", {"stage": "detect"}) > 0
    assert detectors.next_offset(2) == 1


def test_an_event_that_comes_twice_counts_once() -> None:
    detectors, metrics = make(Clock())
    for offset in (0, 1):
        detectors.process(2, offset, batch(1))
    value = metrics.registry.get_sample_value
    assert value("sellerwatch_events_total", {"outcome": "success"}) == 1
    assert value("sellerwatch_duplicate_events_total") == 1


def test_impossible_times_and_too_many_principals_are_counted() -> None:
    metrics = WorkerMetrics(top_incidents=5)
    few = DetectorSettings(max_principals=2)
    detectors = PartitionDetectors(
        lambda partition: Detector(few, {}, partition=partition),
        metrics, QUIET_SECONDS, 300.0, Clock(),
    )  # fmt: skip
    detectors.open(2, 0)
    (event,) = decode_batch(batch(1)).events
    others = [
        msgspec.structs.replace(event, event_id=f"o-{n}", principal=f"app-{n}") for n in range(5)
    ]
    mad = msgspec.structs.replace(event, event_id="mad", time=-1.0)
    detectors.process(2, 0, encode_batch([*others, mad]))
    value = metrics.registry.get_sample_value
    assert value("sellerwatch_folded_principals_total") == 3
    assert value("sellerwatch_time_jumps_total") == 1


def test_a_message_that_is_no_batch_is_refused_and_not_in_the_way() -> None:
    detectors, _ = make(Clock())
    with pytest.raises(WireFormatError):
        detectors.process(2, 0, b"x")
    assert detectors.next_offset(2) == 1


def test_a_snapshot_goes_on_where_it_was_taken() -> None:
    clock = Clock()
    first, _ = make(clock)
    first.process(2, 0, batch(1))
    assert first.unsaved_bytes(2) > 0
    snapshot = first.take_changes(2)
    assert first.unsaved_bytes(2) == 0
    second, _ = make(clock)
    second.open(2, 0, snapshot)
    assert second.next_offset(2) == 1
    rest = [(offset, batch(offset, 60.0 * offset)) for offset in range(1, 40)]
    assert [first.process(2, *m) for m in rest] == [second.process(2, *m) for m in rest]


def test_a_silent_partition_shows_its_incidents_as_closed_once() -> None:
    clock = Clock()
    detectors, _ = make(clock)
    detectors.process(2, 0, batch(1))
    clock.now = 299.0
    assert detectors.quiet_incidents() == []
    clock.now = QUIET_SECONDS + 1
    shown = detectors.quiet_incidents()
    assert [(p, i.status) for p, i in shown] == [(2, IncidentStatus.CLOSED)]
    assert detectors.quiet_incidents() == []


def test_an_incident_that_goes_on_after_a_silence_is_open_again() -> None:
    clock = Clock()
    detectors, _ = make(clock)
    detectors.process(2, 0, batch(1))
    clock.now = QUIET_SECONDS + 1
    ((_, closed),) = detectors.quiet_incidents()
    incidents = detectors.process(2, 1, batch(2, 30.0))
    assert [(i.incident_id, i.status) for i in incidents] == [
        (closed.incident_id, IncidentStatus.OPEN)
    ]


def test_the_silence_of_a_clock_changes_no_state() -> None:
    clock = Clock()
    silent, _ = make(clock)
    busy, _ = make(Clock())
    for detectors in (silent, busy):
        detectors.process(2, 0, batch(1))
    clock.now = QUIET_SECONDS + 1
    silent.quiet_incidents()
    assert silent.take_changes(2) == busy.take_changes(2)


def test_a_partition_that_moved_is_forgotten() -> None:
    clock = Clock()
    detectors, metrics = make(clock)
    detectors.process(2, 0, batch(1))
    detectors.close(2)
    clock.now = QUIET_SECONDS + 1
    assert detectors.quiet_incidents() == []
    assert detectors.next_offset(2) == -1
    value = metrics.registry.get_sample_value
    assert value("sellerwatch_principals", {"partition": "2"}) is None


def test_a_verdict_teaches_the_detector_of_its_partition() -> None:
    detectors, metrics = make(Clock())
    incident = detectors.process(2, 0, batch(1))[0]
    detectors.take_changes(2)
    verdict = feedback_on(
        incident, Verdict.BENIGN, note="", decided_at=incident.updated_at, by="maria"
    )
    assert detectors.apply_feedback(2, verdict)
    assert detectors.take_changes(2).state != {}
    other = msgspec.structs.replace(verdict, incident_id="elsewhere")
    assert not detectors.apply_feedback(2, other)
    labels = {"verdict": "benign"}
    assert metrics.registry.get_sample_value("sellerwatch_verdicts_total", labels) == 2


def test_a_planned_change_is_kept_in_the_checkpoint_of_its_partition() -> None:
    detectors, _ = make(Clock())
    incident = detectors.process(2, 0, batch(1))[0]
    change = PlannedChange(
        tenant=incident.tenant,
        principal=incident.principal,
        starts_at=incident.opened_at,
        until=incident.opened_at + timedelta(hours=6),
        records=200_000,
        reference="4711",
        why="backfill",
        declared_at=incident.opened_at,
        by="maria",
    )
    assert detectors.apply_feedback(2, change)
    saved = detectors.take_changes(2)
    restarted, _ = make(Clock())
    restarted.open(2, 0, saved)
    assert not restarted.apply_feedback(2, change), "it is known already"
    newer = msgspec.structs.replace(change, declared_at=change.declared_at + timedelta(hours=1))
    assert restarted.apply_feedback(2, newer)
