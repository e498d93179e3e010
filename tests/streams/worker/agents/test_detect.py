import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace

import msgspec
import pytest
from faust.types import TP

from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.dead_letter import DeadLetter
from models.domain.event_batch import encode_batch
from models.domain.redaction import SubjectHasher
from models.incidents.incident import Incident
from streams.exporters.worker_metrics import WorkerMetrics
from streams.settings.sections import TopicSettings
from streams.worker.agents.detect import DetectAgent
from streams.worker.outbox import OutgoingMessage
from streams.worker.partition_detectors import PartitionDetectors

PROFILE = PrincipalProfile(kind="erp", allowed_data_classes=frozenset())
Topic = dict[int, bytes]


class Outbox:
    is_full = False
    mark = 0

    def __init__(self) -> None:
        self.messages: list[OutgoingMessage] = []

    def put(self, messages: list[OutgoingMessage]) -> None:
        self.messages += messages

    def of(self, topic: str) -> list[bytes]:
        return [message.value for message in self.messages if message.topic == topic]


class Gaps:
    """Reads from what the topic really holds."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.asked: list[tuple[int, int]] = []

    async def read(self, _: TP, begin: int, end: int) -> AsyncIterator[tuple[int, bytes, float]]:
        self.asked.append((begin, end))
        for offset, value in self.topic.items():
            if begin <= offset < end:
                yield offset, value, 0.0


class Scene:
    def __init__(self, topic: Topic) -> None:
        self.topic, self.outbox, self.gaps = topic, Outbox(), Gaps(topic)
        self.metrics = WorkerMetrics(5)

        def detector(partition: int) -> Detector:
            return Detector(DetectorSettings(), {"app-1": PROFILE}, partition=partition)

        self.detectors = PartitionDetectors(detector, self.metrics, 3600.0, 300.0)
        self.detectors.open(0, 0)
        self.agent = DetectAgent(
            SimpleNamespace(),
            detectors=self.detectors,
            outbox=self.outbox,
            gaps=self.gaps,
            names=TopicSettings(),
            hasher=SubjectHasher(bytes(16)),
            metrics=self.metrics.runtime,
            observe_latency=self.metrics.observe_latency,
        )

    def deliver(self, *offsets: int, partition: int = 0) -> None:
        async def events() -> AsyncIterator[SimpleNamespace]:
            for offset in offsets:
                place = TP("access-events", partition)
                message = SimpleNamespace(tp=place, offset=offset, timestamp=1.0)
                yield SimpleNamespace(message=message, value=self.topic[offset])

        asyncio.run(self.agent.detect(SimpleNamespace(events=events)))

    def count(self, name: str) -> float | None:
        return self.metrics.registry.get_sample_value(f"sellerwatch_{name}_total")

    @property
    def events(self) -> float | None:
        labels = {"outcome": "success"}
        return self.metrics.registry.get_sample_value("sellerwatch_events_total", labels)


def batch(number: int) -> bytes:
    return encode_batch(
        [
            AccessEvent(
                event_id=f"r-{number}",
                time=1_767_225_600.0 + number,
                tenant="A1",
                principal="app-1" if number == 0 else "app-2",
                principal_kind=PrincipalKind.APPLICATION,
                service="orders",
                operation="getOrders",
                outcome=Outcome.SUCCESS,
                records=7,
                data_classes=("customer",),
            )
        ]
    )


@pytest.fixture
def scene() -> Scene:
    return Scene({offset: batch(offset) for offset in range(10)})


def test_each_message_is_scored_in_order(scene: Scene) -> None:
    scene.deliver(*range(10))
    assert scene.events == 10
    assert scene.detectors.next_offset(0) == 10
    assert scene.gaps.asked == []
    incident = msgspec.json.decode(scene.outbox.of("access-incidents")[0], type=Incident)
    assert incident.principal == "app-1"
    assert {message.partition for message in scene.outbox.messages} == {0}


def test_what_comes_again_is_left_out(scene: Scene) -> None:
    scene.deliver(0, 1, 2, 1, 2, 3)
    assert scene.events == 4
    assert scene.count("duplicate_messages") == 2


def test_what_the_stream_skipped_is_read_again(scene: Scene) -> None:
    scene.deliver(0, 1, 5, 6)
    assert scene.gaps.asked == [(2, 5)]
    assert scene.events == 7
    assert scene.count("refetched_messages") == 3
    assert scene.count("absent_offsets") == 0


def test_offsets_without_a_message_do_not_hold_the_rest(scene: Scene) -> None:
    del scene.topic[2], scene.topic[4]
    scene.deliver(0, 1, 5, 6)
    assert scene.events == 5
    assert scene.count("refetched_messages") == 1
    assert scene.count("absent_offsets") == 2
    assert scene.detectors.next_offset(0) == 7


def test_a_partition_that_is_not_open_is_not_scored(scene: Scene) -> None:
    scene.deliver(0, 1, partition=3)
    assert scene.events is None
    assert scene.gaps.asked == []


def test_an_unreadable_message_becomes_a_dead_letter(scene: Scene) -> None:
    scene.topic[1] = b"jane@example.com"
    scene.deliver(0, 1, 2)
    assert scene.events == 2
    (value,) = scene.outbox.of("access-dead-letters")
    letter = msgspec.json.decode(value, type=DeadLetter)
    assert (letter.source, letter.position) == ("access-events", "partition 0 offset 1")
    assert letter.reason.startswith("not a batch of access events")
    assert b"jane" not in value


def test_a_failing_detector_becomes_a_dead_letter(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(Detector, "process_batch", fail)
        scene.deliver(0)
    scene.deliver(1)
    (value,) = scene.outbox.of("access-dead-letters")
    assert "ZeroDivisionError" in msgspec.json.decode(value, type=DeadLetter).reason
    assert scene.events == 1
