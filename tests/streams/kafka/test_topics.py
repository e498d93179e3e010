from contextlib import closing

from kafka.admin import NewTopic

from streams.kafka.clients import make_admin
from streams.kafka.topics import check_topics, create_topics, topic_shapes
from streams.settings.sections import KafkaSettings, TopicSettings
from streams.settings.settings import Settings


def settings_for(address: str, **topics: object) -> Settings:
    return Settings(
        kafka=KafkaSettings(brokers=(address,), request_timeout_seconds=5.0),
        topics=TopicSettings(**topics),
    )


def test_what_is_created_is_as_it_should_be_and_a_second_time_nothing_is(
    broker_address: str,
) -> None:
    settings = settings_for(broker_address)
    names = [shape.name for shape in topic_shapes(settings)]
    with closing(make_admin(settings.kafka)) as admin:
        assert check_topics(admin, settings) == [
            f"{name}: missing: run 'sellerwatch topics create'" for name in names
        ]
        assert create_topics(admin, settings) == names
        assert check_topics(admin, settings) == []
        assert create_topics(admin, settings) == []


def test_another_number_of_partitions_is_named(broker_address: str) -> None:
    settings = settings_for(broker_address, partitions=6)
    with closing(make_admin(settings.kafka)) as admin:
        admin.create_topics([NewTopic("access-events", num_partitions=2, replication_factor=1)])
        create_topics(admin, settings)
        assert check_topics(admin, settings) == ["access-events: 2 partitions, expected 6"]


def test_incidents_and_verdicts_are_compacted_and_events_expire() -> None:
    shapes = {s.name: s for s in topic_shapes(Settings(topics={"events_retention_hours": 2}))}
    assert shapes["access-incidents"].config == {"cleanup.policy": "compact"}
    assert shapes["access-feedback"].config == {"cleanup.policy": "compact"}
    assert shapes["access-events"].config["retention.ms"] == str(2 * 3600 * 1000)
