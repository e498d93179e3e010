"""The topics of sellerwatch: their shape, and how to create and check them."""

from dataclasses import dataclass
from typing import Final

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewTopic

from streams.kafka.clients import broker_errors
from streams.settings.settings import Settings

# No event is later than its arrival, and whoever may write to the topic must not say when that was.
_STAMPED_BY_THE_BROKER: Final = {"message.timestamp.type": "LogAppendTime"}
_CHECKED: Final = ("cleanup.policy", "message.timestamp.type")


@dataclass(frozen=True)
class TopicShape:
    """What one topic should look like."""

    name: str
    partitions: int
    replication_factor: int
    config: dict[str, str]


def topic_shapes(settings: Settings) -> tuple[TopicShape, ...]:
    """List the topics with partitions, replication and retention.

    Incidents and verdicts are compacted: the last state of each is kept forever.

    Examples
    --------
    >>> [shape.name for shape in topic_shapes(Settings())]
    ['access-events', 'access-incidents', 'access-dead-letters', 'access-feedback', \
'access-findings', 'access-audit', 'sellerwatch-checkpoints-changelog']
    """
    names = settings.topics
    copies = settings.kafka.replication_factor
    delete = _expiring(names.events_retention_hours)
    compact = {"cleanup.policy": "compact"}
    # Small segments are compacted soon, so that a recovery reads less.
    checkpoints = compact | {
        "segment.bytes": "67108864",
        "segment.ms": "600000",
        "min.cleanable.dirty.ratio": "0.2",
    }
    return (
        TopicShape(names.events, names.partitions, copies, delete | _STAMPED_BY_THE_BROKER),
        TopicShape(names.incidents, names.partitions, copies, compact),
        TopicShape(names.dead_letters, 1, copies, delete),
        TopicShape(names.feedback, names.partitions, copies, compact),
        TopicShape(names.findings, names.partitions, copies, compact),
        TopicShape(names.audit, names.partitions, copies, _expiring(names.audit_retention_hours)),
        TopicShape(checkpoint_topic(settings), names.partitions, copies, checkpoints),
    )


def _expiring(hours: int) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(hours * 3_600_000)}


def checkpoint_topic(settings: Settings) -> str:
    """Return the topic behind Faust's table of checkpoints.

    Examples
    --------
    >>> checkpoint_topic(Settings())
    'sellerwatch-checkpoints-changelog'
    """
    return f"{settings.worker.group}-checkpoints-changelog"


def create_topics(admin: KafkaAdminClient, settings: Settings) -> list[str]:
    """Create the missing topics and return their names.

    Raises
    ------
    BrokerError
        If the cluster refuses.
    """
    with broker_errors(settings.kafka):
        existing = set(admin.list_topics())
        missing = [shape for shape in topic_shapes(settings) if shape.name not in existing]
        if missing:
            admin.create_topics(
                [
                    NewTopic(
                        shape.name,
                        num_partitions=shape.partitions,
                        replication_factor=shape.replication_factor,
                        topic_configs=shape.config,
                    )
                    for shape in missing
                ]
            )
    return [shape.name for shape in missing]


def check_topics(admin: KafkaAdminClient, settings: Settings) -> list[str]:
    """Compare the cluster's topics with what they should be; one line for each difference.

    Raises
    ------
    BrokerError
        If the cluster cannot be asked.
    """
    problems: list[str] = []
    with broker_errors(settings.kafka):
        existing = set(admin.list_topics())
        for shape in topic_shapes(settings):
            if shape.name not in existing:
                problems.append(f"{shape.name}: missing: run 'sellerwatch topics create'")
                continue
            problems += _differences(admin, shape)
    return problems


def _differences(admin: KafkaAdminClient, shape: TopicShape) -> list[str]:
    partitions = admin.describe_topics([shape.name])[0]["partitions"]
    problems = []
    if len(partitions) != shape.partitions:
        problems.append(f"{shape.name}: {len(partitions)} partitions, expected {shape.partitions}")
    copies = min(len(partition["replica_nodes"]) for partition in partitions)
    if copies < shape.replication_factor:
        problems.append(f"{shape.name}: {copies} replicas, expected {shape.replication_factor}")
    answer = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, shape.name)])
    entries = answer.get("topic", {}).get(shape.name, {})
    for name in _CHECKED:
        entry, expected = entries.get(name), shape.config.get(name)
        found = entry["value"] if isinstance(entry, dict) else entry
        # The embedded broker reports no configuration at all.
        if found is not None and expected is not None and str(found) != expected:
            problems.append(
                f"{shape.name}: {name} is {found}, expected {expected}: "
                f"set it with kafka-configs.sh --alter --add-config {name}={expected}"
            )
    return problems
