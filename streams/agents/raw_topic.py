"""Topics of bytes: sellerwatch decodes by itself."""

import faust


def raw_topic(app: faust.App, name: str, partitions: int) -> faust.TopicT:
    """Describe a topic to Faust whose keys and values stay bytes."""
    return app.topic(
        name,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        partitions=partitions,
    )
