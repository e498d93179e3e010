import faust
import pytest

from streams.kafka.raw_topic import raw_topic


@pytest.mark.parametrize("acks", [True, False])
def test_keys_and_values_stay_bytes(acks: bool) -> None:
    app = faust.App("group", broker="kafka://127.0.0.1:1", autodiscover=False)
    topic = raw_topic(app, "events", 8, acks=acks)
    assert topic.get_topic_name() == "events"
    assert (topic.key_type, topic.value_type) == (bytes, bytes)
    assert (topic.key_serializer, topic.value_serializer) == ("raw", "raw")
    assert (topic.partitions, topic.acks) == (8, acks)
