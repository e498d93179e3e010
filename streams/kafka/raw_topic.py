"""Topics of bytes, which sellerwatch decodes itself."""

import faust


def raw_topic(app: faust.App, name: str, partitions: int, *, acks: bool = True) -> faust.TopicT:
    """Describe a topic to Faust, with keys and values as bytes.

    Without `acks`, Faust never commits its offsets.
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
