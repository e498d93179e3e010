"""Following a topic in a thread, on the embedded broker."""

import asyncio
import time
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path

import pytest

from models.errors import WireFormatError
from streams.demo.embedded_broker import EmbeddedBroker, free_port
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.topic_follower import TopicFollower
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

TOPIC = "access-incidents"


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[KafkaSettings]:
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        settings = Settings(
            kafka=KafkaSettings(brokers=(broker.address,), request_timeout_seconds=2.0)
        )
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        yield settings.kafka


class Following:
    """A follower of lines such as `name=value`, and what it handed on."""

    def __init__(
        self,
        kafka: KafkaSettings,
        topic: str = TOPIC,
        newest_of: Callable[[str], Hashable] | None = None,
    ) -> None:
        self.taken: list[str] = []
        self.skipped = self.failures = 0
        self.follower = TopicFollower(
            "follower",
            kafka,
            topic,
            since_seconds=lambda: 0.0,
            decode=self.decode,
            take=self.taken.append,
            skip=self.skip,
            newest_of=newest_of,
            count_failure=self.fail,
            pause_seconds=0.1,
        )

    @staticmethod
    def decode(value: bytes) -> str:
        if b"=" not in value:
            raise WireFormatError(str(value))
        return value.decode()

    def skip(self) -> None:
        self.skipped += 1

    def fail(self) -> None:
        self.failures += 1


def send(kafka: KafkaSettings, *values: str, partition: int = 0, stamp: int | None = None) -> None:
    producer = make_producer(kafka, one_record_a_batch=True)
    for value in values:
        producer.send(TOPIC, value=value.encode(), partition=partition, timestamp_ms=stamp).get(10)
    producer.close()


async def until(ready: Callable[[], bool]) -> None:
    for _ in range(400):
        if ready():
            return
        await asyncio.sleep(0.05)
    message = "nothing came"
    raise AssertionError(message)


def test_only_the_newest_of_each_name_is_handed_on_and_then_all_that_follows(
    kafka: KafkaSettings,
) -> None:
    send(kafka, "a=1", "b=1", "nonsense", "a=2")
    following = Following(kafka, newest_of=lambda line: line.split("=")[0])

    async def follow() -> None:
        await following.follower.start()
        await until(lambda: following.follower.is_ready)
        assert sorted(following.taken) == ["a=2", "b=1"]
        await asyncio.to_thread(send, kafka, "a=3", "nonsense", "a=4")
        await until(lambda: len(following.taken) == 4)
        await following.follower.stop()

    asyncio.run(follow())
    assert following.taken[2:] == ["a=3", "a=4"]
    assert (following.skipped, following.failures) == (2, 0)
    assert following.follower.readiness == "not running"


def test_a_writer_whose_clock_was_ahead_does_not_hide_what_came_after(
    kafka: KafkaSettings,
) -> None:
    now = int(time.time() * 1000)
    send(kafka, "a=ahead", stamp=now + 3_600_000)
    send(kafka, "a=after", stamp=now)
    following = Following(kafka, newest_of=lambda line: line.split("=")[0])

    async def follow() -> None:
        await following.follower.start()
        await until(lambda: following.follower.is_ready)
        await following.follower.stop()

    asyncio.run(follow())
    assert following.taken == ["a=after"]


def test_the_newest_is_the_newest_whichever_partition_it_is_in(kafka: KafkaSettings) -> None:
    now = int(time.time() * 1000)
    for partition, stamp in ((0, now), (1, now - 5000), (2, now - 9000), (3, now + 1)):
        send(kafka, f"a={partition}", partition=partition, stamp=stamp)
    following = Following(kafka, newest_of=lambda line: line.split("=")[0])

    async def follow() -> None:
        await following.follower.start()
        await until(lambda: following.follower.is_ready)
        await following.follower.stop()

    asyncio.run(follow())
    assert following.taken == ["a=3"]


def test_without_names_all_are_handed_on_in_order(kafka: KafkaSettings) -> None:
    send(kafka, "a=1", "a=2", "a=3")
    following = Following(kafka)

    async def follow() -> None:
        await following.follower.start()
        await until(lambda: following.follower.is_ready)
        await following.follower.stop()

    asyncio.run(follow())
    assert following.taken == ["a=1", "a=2", "a=3"]


def test_a_topic_that_is_missing_is_tried_again(
    kafka: KafkaSettings, caplog: pytest.LogCaptureFixture
) -> None:
    following = Following(kafka, topic="no-such-topic")
    said = "follower restarts: topic no-such-topic is missing: run 'sellerwatch topics create'"

    async def follow() -> None:
        await following.follower.start()
        await until(lambda: caplog.messages.count(said) >= 2)
        assert not following.follower.is_ready
        await following.follower.stop()

    asyncio.run(follow())
    assert following.failures == 0


def test_a_cluster_that_is_away_is_tried_again_and_is_no_failure_of_the_thread(
    caplog: pytest.LogCaptureFixture,
) -> None:
    kafka = KafkaSettings(brokers=(f"127.0.0.1:{free_port()}",), request_timeout_seconds=0.3)
    following = Following(kafka)

    async def follow() -> None:
        await following.follower.start()
        await until(lambda: sum("Kafka at" in said for said in caplog.messages) >= 2)
        assert not following.follower.is_ready
        await following.follower.stop()

    asyncio.run(follow())
    assert following.failures == 0


def test_while_it_catches_up_it_says_so(kafka: KafkaSettings) -> None:
    send(kafka, *(f"a={number}" for number in range(20)))
    seen: list[str] = []
    following = Following(kafka)

    def look(line: str) -> str:
        seen.append(following.follower.readiness)
        return line

    following.follower = TopicFollower(
        "follower",
        kafka,
        TOPIC,
        since_seconds=lambda: 0.0,
        decode=following.decode,
        take=lambda line: following.taken.append(look(line)),
        skip=following.skip,
        newest_of=None,
        count_failure=following.fail,
    )

    async def follow() -> None:
        await following.follower.start()
        await until(lambda: following.follower.is_ready)
        await following.follower.stop()

    asyncio.run(follow())
    assert seen == ["catching up"] * 20
