from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.event_batch import decode_batch
from models.domain.partitioner import partition_of
from streams.ingest.packer import Packer
from streams.settings.sections import PackerSettings, TopicSettings


class Recorder:
    def __init__(self) -> None:
        self.sent: list[tuple[str, int | None, bytes]] = []

    def send(self, topic, **message):
        self.sent.append((topic, message["partition"], message["value"]))

    def flush(self, timeout=None) -> None:
        pass


def event(number: int) -> AccessEvent:
    return AccessEvent(
        event_id=str(number),
        time=float(number),
        tenant="A1",
        principal=f"app-{number % 7}",
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
    )


def test_every_event_is_sent_once_to_the_partition_of_its_principal() -> None:
    producer = Recorder()
    packer = Packer(producer, TopicSettings(), PackerSettings(batch_events=10))
    for number in range(500):
        packer.add(event(number))
    packer.flush()
    seen = []
    for topic, partition, value in producer.sent:
        assert topic == "access-events"
        for packed in decode_batch(value).events:
            assert partition_of("A1", packed.principal, 4) == partition
            seen.append(int(packed.event_id))
    assert sorted(seen) == list(range(500))
    assert max(len(decode_batch(value).events) for _, _, value in producer.sent) == 10


def test_a_batch_that_waited_long_enough_is_sent() -> None:
    now = [0.0]
    producer = Recorder()
    packer = Packer(producer, TopicSettings(), PackerSettings(), clock=lambda: now[0])
    packer.add(event(1))
    packer.send_due()
    assert producer.sent == []
    now[0] = 1.0
    packer.send_due()
    assert len(producer.sent) == 1
