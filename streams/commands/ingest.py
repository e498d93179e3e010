"""`sellerwatch ingest`: put logs into Kafka."""

import signal
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import FrameType
from typing import Annotated

import typer
from kafka import KafkaProducer

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.errors import InputError, SettingsError
from streams.commands.byte_progress import byte_progress
from streams.commands.options import ConfigOption, EmbeddedOption, FormatOption
from streams.ingest.ingest_loop import IngestLoop
from streams.ingest.packer import Packer
from streams.ingest.parser_factory import make_parser
from streams.ingest.sent_events import recall_sent
from streams.kafka.clients import broker_errors, make_producer, quiet_client_logs
from streams.settings.secrets import redaction_key
from streams.settings.sections import SourceSettings
from streams.settings.settings import Settings, load_settings, state_directory
from streams.sources.files.followed_files import FollowedFiles
from streams.sources.files.log_file import STANDARD_INPUT
from streams.sources.files.position_store import PositionStore
from streams.sources.files.read_events import find_files, read_events
from streams.sources.flow.event_memory import EventMemory
from streams.sources.flow.event_order import EventOrder
from streams.sources.flow.live_source import LiveSource
from streams.sources.flow.offset_tracker import PendingOffset
from streams.sources.flow.tally import Tally
from streams.sources.formats.event_parser import EventParser
from streams.sources.queues.kafka_source import KafkaSource
from streams.sources.queues.notification_source import NotificationSource
from streams.sources.queues.s3_places import S3Places
from streams.sources.queues.s3_source import S3Source

_TOPIC, _QUEUE, _NOTICES = "kafka:", "sqs:", "notifications:"
_LIVE = (_TOPIC, _QUEUE, _NOTICES)
_QUEUE_WAIT_SECONDS = 5

InputsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Files or folders; - is standard input; kafka:TOPIC, sqs:QUEUE-URL and "
        "notifications:QUEUE-URL are live.",
    ),
]
FollowOption = Annotated[
    bool, typer.Option("--follow", help="Follow the logs as they grow, and remember the position.")
]


def ingest(
    paths: InputsArgument,
    follow: FollowOption = False,
    format_: FormatOption = "auto",
    config: ConfigOption = None,
    embedded_broker: EmbeddedOption = False,
) -> None:
    """Read logs, hash the personal data in them, and send the events to Kafka.

    Example: `sellerwatch ingest --follow /var/log/seller-api/`
    """
    quiet_client_logs()
    settings = load_settings(config)
    parser = make_parser(settings, format_, _required_key(settings.sources))
    # Report what is wrong before connecting to a broker.
    _require_places(paths, settings.sources)
    find_files([path for path in paths if not path.startswith(_LIVE)])
    memory = EventMemory(settings.sources.remembered_events)
    recall_sent(settings, memory)
    with broker_errors(settings.kafka):
        producer = make_producer(settings.kafka, one_record_a_batch=embedded_broker)
        _require_partitions(producer, settings)
        packer = Packer(producer, settings.topics, settings.packer)
        if follow or any(path.startswith(_LIVE) for path in paths):
            tally = _pump(paths, parser, packer, memory, settings, follow=follow)
        else:
            tally = _read_once(paths, parser, packer, memory, settings.sources)
        producer.close()
    typer.echo(f"{tally} in topic {settings.topics.dead_letters}, {packer.messages_total} messages")


def _require_partitions(producer: KafkaProducer, settings: Settings) -> None:
    """Refuse to send events where nobody knows their principals, as after a move."""
    names = settings.topics
    found = len(producer.partitions_for(names.events) or ())
    if found and found != names.partitions:
        message = (
            f"topics.partitions is {names.partitions}, but {names.events} has {found} "
            f"partitions: set it to {found}, or finish 'sellerwatch topics repartition'"
        )
        raise SettingsError(message)


def _required_key(sources: SourceSettings) -> bytes:
    key = redaction_key(sources)
    if key is None:
        message = (
            "sources.redaction_key_file is not set: make a key with "
            "'openssl rand -hex 32 > redaction.key' and name that file"
        )
        raise SettingsError(message)
    return key


def _require_places(paths: Sequence[str], sources: SourceSettings) -> None:
    queue = next((path for path in paths if path.startswith(_QUEUE)), None)
    if queue is not None and not sources.s3_places:
        message = (
            f"{queue}: sources.s3_places is empty, so no object that it announces may be read: "
            'name buckets and folders, such as ["my-logs/AWSLogs/"]'
        )
        raise SettingsError(message)


def _read_once(
    paths: Sequence[str],
    parser: EventParser,
    packer: Packer,
    memory: EventMemory,
    sources: SourceSettings,
) -> Tally:
    tally = Tally()
    with byte_progress(paths, "sending") as on_bytes:
        for item in read_events(
            paths,
            parser,
            disorder_seconds=sources.disorder_seconds,
            on_bytes=on_bytes,
            memory=memory,
        ):
            tally.count(item)
            if isinstance(item, AccessEvent):
                packer.add(item)
            elif isinstance(item, DeadLetter):
                packer.add_dead_letter(item)
        packer.flush()
    return tally


def _pump(
    paths: Sequence[str],
    parser: EventParser,
    packer: Packer,
    memory: EventMemory,
    settings: Settings,
    *,
    follow: bool,
) -> Tally:
    sources = settings.sources
    order = EventOrder[PendingOffset](
        memory, disorder_seconds=sources.disorder_seconds, hold_seconds=sources.hold_seconds
    )
    with ExitStack() as stack:
        live = _live_sources(paths, parser, settings, memory, stack)
        pump = IngestLoop(live, packer, order, sources)
        pump.run(_told_to_stop(), follow=follow)
    return pump.tally


def _live_sources(
    paths: Sequence[str],
    parser: EventParser,
    settings: Settings,
    memory: EventMemory,
    stack: ExitStack,
) -> list[LiveSource]:
    if STANDARD_INPUT in paths:
        message = "-: standard input has no position to remember: leave out --follow"
        raise InputError(message)
    topics = [path.removeprefix(_TOPIC) for path in paths if path.startswith(_TOPIC)]
    queues = [path.removeprefix(_QUEUE) for path in paths if path.startswith(_QUEUE)]
    notices = [path.removeprefix(_NOTICES) for path in paths if path.startswith(_NOTICES)]
    files = [path for path in paths if not path.startswith(_LIVE)]
    live: list[LiveSource] = []
    if files:
        store = PositionStore(state_directory(settings.sources.state_directory))
        live.append(FollowedFiles(files, parser, store, poll_seconds=settings.sources.poll_seconds))
    if topics:
        live.append(
            KafkaSource(
                topics,
                parser,
                settings.kafka,
                settings.sources.kafka_group,
                lambda: _recall(settings, memory),
            )
        )
    wait = _QUEUE_WAIT_SECONDS if len(queues + notices) == 1 and not live else 0
    places = S3Places(settings.sources.s3_places)
    live += [S3Source(queue, parser, places, wait_seconds=wait) for queue in queues]
    live += [NotificationSource(queue, parser, wait_seconds=wait) for queue in notices]
    for source in live:
        stack.callback(source.close)
    return live


def _recall(settings: Settings, memory: EventMemory) -> None:
    recall_sent(settings, memory)


def _told_to_stop() -> Callable[[], bool]:
    """Return a function that says whether a signal asked to stop; pending events are sent first.

    A second signal stops at once.
    """
    asked: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return lambda: bool(asked)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ingest")(ingest)
