"""Topics of bytes: sellerwatch decodes by itself."""

import faust


def raw_topic(app: faust.App, name: str, partitions: int, *, acks: bool = True) -> faust.TopicT:
    """Describe a topic to Faust whose keys and values stay bytes.

    Without `acks`, Faust commits no offsets of it.
    """
    return app.topic(
        name,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        partitions=partitions,
        acks=acks,
    )
