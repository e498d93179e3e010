"""Judges Kafka: topics, partitions, retention, copies, and when the last event arrived."""

from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_address
from typing import Final

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from models.domain.event_batch import decode_batch
from models.domain.time_units import HOUR_SECONDS
from models.errors import BrokerError, WireFormatError
from streams.doctor.check import Check, State
from streams.doctor.log_survey import LogSurvey
from streams.kafka.clients import broker_errors, make_admin
from streams.kafka.topic_reader import TopicReader
from streams.kafka.topics import check_topics, topic_shapes
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

_AREA: Final = "kafka"
_MESSAGES_A_PARTITION: Final = 200
_QUIET_SECONDS: Final = HOUR_SECONDS
_AHEAD_SECONDS: Final = 5.0
_FEW_HOURS: Final = 72


def check_kafka(settings: Settings, survey: LogSurvey, now_seconds: float) -> Iterator[Check]:
    """Judge the cluster, and count its newest events into the survey."""
    try:
        with closing(make_admin(settings.kafka)) as admin:
            problems = check_topics(admin, settings)
            problems += _retention(admin, settings)
            newest = _read_newest(settings, survey)
    except BrokerError as error:
        told, _, cure = str(error).rpartition(": ")
        yield Check(_AREA, State.BROKEN, told, (cure,))
        return
    for problem in problems:
        told, _, cure = problem.rpartition(": ")
        mended = (cure,) if told.count(": ") else (_partition_cure(problem),)
        yield Check(_AREA, State.BROKEN, told if told.count(": ") else problem, mended)
    if not problems:
        told = (
            f"{len(topic_shapes(settings))} topics have the partitions and retention that are set"
        )
        yield Check(_AREA, State.OK, told)
    yield from _production(settings)
    yield _arrival(newest, now_seconds)


def _partition_cure(problem: str) -> str:
    if "partitions" in problem:
        return (
            "set topics.partitions to the number that the topic has; "
            "'sellerwatch topics repartition' moves to more"
        )
    return "kafka-reassign-partitions.sh, or set kafka.replication_factor to what there is"


def _retention(admin: KafkaAdminClient, settings: Settings) -> list[str]:
    """Name the topics that keep messages for less time than the settings say."""
    problems = []
    existing = set(admin.list_topics())
    for shape in topic_shapes(settings):
        wanted = shape.config.get("retention.ms")
        if wanted is None or shape.name not in existing:
            continue
        with broker_errors(settings.kafka):
            resource = ConfigResource(ConfigResourceType.TOPIC, shape.name)
            entries = admin.describe_configs([resource]).get("topic", {}).get(shape.name, {})
        entry = entries.get("retention.ms")
        found = entry["value"] if isinstance(entry, dict) else entry
        # -1 keeps everything. The embedded broker reports no configuration at all.
        if found is not None and 0 <= int(found) < int(wanted):
            hours = int(found) / (1000 * HOUR_SECONDS)
            problems.append(
                f"{shape.name}: messages are deleted after {hours:,.1f} hours, expected "
                f"{int(wanted) / (1000 * HOUR_SECONDS):,.0f}: "
                f"kafka-configs.sh --alter --add-config retention.ms={wanted}"
            )
    return problems


def _production(settings: Settings) -> Iterator[Check]:
    kafka, topics = settings.kafka, settings.topics
    if topics.events_retention_hours < _FEW_HOURS:
        told = (
            f"events are kept for {topics.events_retention_hours} hours: less than a long weekend"
        )
        yield Check(_AREA, State.ADVICE, told, ("topics: {events_retention_hours: 168}",))
    if _is_local(kafka):
        return
    if kafka.replication_factor < 3:
        told = f"{kafka.replication_factor} copies of each message: a broken disk loses incidents"
        yield Check(_AREA, State.ADVICE, told, ("kafka: {replication_factor: 3}",))
    if kafka.security_protocol in ("PLAINTEXT", "SASL_PLAINTEXT"):
        told = "the way to Kafka is not encrypted"
        yield Check(_AREA, State.ADVICE, told, ("kafka: {security_protocol: SASL_SSL}",))


def _is_local(kafka: KafkaSettings) -> bool:
    hosts = (broker.rpartition(":")[0].strip("[]") for broker in kafka.brokers)
    return all(host == "localhost" or _is_loopback(host) for host in hosts)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _read_newest(settings: Settings, survey: LogSurvey) -> float | None:
    """Count the last messages of each partition; return when the newest arrived."""
    newest: float | None = None
    with TopicReader(settings.kafka, settings.topics.events) as reader:
        bounds = reader.bounds()
        reader.from_offsets(
            {
                n: (max(first, end - _MESSAGES_A_PARTITION), end)
                for n, (first, end) in bounds.items()
            }
        )
        for message in reader.until_end():
            stamped = message.stamped_milliseconds / 1000
            newest = stamped if newest is None else max(newest, stamped)
            try:
                events = decode_batch(message.value or b"").events
            except WireFormatError:
                continue
            for event in events:
                survey.add(event)
    return newest


def _arrival(newest: float | None, now_seconds: float) -> Check:
    if newest is None:
        told = "no event has arrived yet"
        return Check(_AREA, State.ADVICE, told, ("sellerwatch ingest --follow LOGS",))
    behind = now_seconds - newest
    if behind < -_AHEAD_SECONDS:
        told = f"the broker's clock is {-behind:,.0f} s ahead of this machine's"
        return Check("clock", State.BROKEN, told, ("timedatectl set-ntp true  # on both",))
    if behind > _QUIET_SECONDS:
        told = f"the last message arrived {behind / HOUR_SECONDS:,.1f} hours ago"
        return Check(_AREA, State.ADVICE, told, ("sellerwatch ingest --follow LOGS",))
    return Check(_AREA, State.OK, f"the last message arrived {max(0.0, behind):,.0f} s ago")
