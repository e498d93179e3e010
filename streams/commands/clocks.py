"""`sellerwatch clocks`: show and reset the event time of partitions."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer

from models.detection.clock_reading import ClockReading, read_clock
from models.detection.clock_reset import reset_clock
from models.errors import InputError, SettingsError, WireFormatError
from models.state.detector_memory import DetectorMemory
from models.state.inflate_budget import InflateBudget
from streams.commands.options import ConfigOption
from streams.kafka.clients import quiet_client_logs
from streams.kafka.topic_reader import TopicReader
from streams.presentation.untrusted_text import sanitize
from streams.settings.settings import Settings, load_settings
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.checkpoints.recovery import Recovery
from streams.worker.checkpoints.stored_checkpoints import StoredCheckpoints
from streams.worker.detector_factory import DetectorFactory

_NAME_CHARACTERS: Final = 60
PartitionArgument = Annotated[
    int, typer.Argument(metavar="PARTITION", help="Number of the partition.", min=0)
]


def show(config: ConfigOption = None) -> None:
    """Print the event time of each partition, from its last checkpoint.

    Example: `sellerwatch clocks show`
    """
    quiet_client_logs()
    settings = load_settings(config).for_a_person()
    tuning = DetectorFactory.load(settings).settings
    stored = StoredCheckpoints(settings).read()
    arrivals = _arrivals(settings, stored)
    for partition, found in stored.items():
        if found.refused:
            typer.echo(f"partition {partition}: refused: {found.told}", err=True)
        memory = DetectorMemory(tuning.threshold_prior_days, tuning.cohort_weight)
        _restore(memory, partition, found, settings)
        typer.echo(f"partition {partition}: {_told(read_clock(memory), arrivals.get(partition))}")


def reset(partition: PartitionArgument, config: ConfigOption = None) -> None:
    """Begin a partition's clock anew when its last message arrived, and keep all habits.

    Stop all workers first: the command refuses to work beside them. Events wait in Kafka.

    Example: `sellerwatch clocks reset 2`
    """
    quiet_client_logs()
    settings = load_settings(config).for_a_person()
    tuning = DetectorFactory.load(settings).settings
    if partition >= settings.topics.partitions:
        message = f"partition {partition}: there are {settings.topics.partitions}, from 0"
        raise InputError(message)
    checkpoints = StoredCheckpoints(settings)
    found = checkpoints.read()[partition]
    if found.snapshot is None:
        message = f"partition {partition} has no checkpoint, hence no clock: nothing to reset"
        raise InputError(message)
    memory = DetectorMemory(tuning.threshold_prior_days, tuning.cohort_weight)
    _restore(memory, partition, found, settings)
    arrived = _arrivals(settings, {partition: found}).get(partition)
    # A broker whose clock was ahead has stamped what is ahead, too.
    seconds = min(time.time(), arrived if arrived is not None else time.time())
    before = memory.clock.newest_seconds
    reset_clock(memory, tuning, seconds)
    changes = PartitionState(found.snapshot.offset, memory.take_changes(), found.snapshot.event_ids)
    checkpoints.append(partition, found, changes)
    typer.echo(f"partition {partition}: {_moment(before)} is now {_moment(seconds)}")


def _restore(memory: DetectorMemory, partition: int, found: Recovery, settings: Settings) -> None:
    if found.snapshot is None:
        return
    try:
        budget = InflateBudget(settings.checkpoints.largest_state_bytes)
        memory.restore(found.snapshot.state, budget)
    except WireFormatError as error:
        message = (
            f"partition {partition}: its checkpoint cannot be read: {error}: "
            "use the release of its workers, or raise checkpoints.largest_state_bytes"
        )
        raise SettingsError(message) from error


def _arrivals(settings: Settings, stored: Mapping[int, Recovery]) -> dict[int, float]:
    """Return when the last message that each checkpoint holds was appended, if Kafka has it."""
    arrived: dict[int, float] = {}
    with TopicReader(settings.kafka, settings.topics.events) as reader:
        bounds = reader.bounds()
        wanted = {
            partition: (found.snapshot.offset - 1, found.snapshot.offset)
            for partition, found in stored.items()
            if found.snapshot is not None
            and partition in bounds
            and bounds[partition][0] < found.snapshot.offset <= bounds[partition][1]
        }
        if wanted:
            reader.from_offsets(wanted)
            for message in reader.until_end():
                if message.offset < wanted[message.partition][1]:
                    arrived[message.partition] = message.stamped_milliseconds / 1000
    return arrived


def _told(clock: ClockReading, arrived: float | None) -> str:
    if clock.newest_seconds is None:
        return "no event yet"
    behind = _distance(time.time() - clock.newest_seconds, "now")
    if arrived is not None:
        behind += ", " + _distance(arrived - clock.newest_seconds, "its last message's arrival")
    ahead = timedelta(seconds=round(clock.leader_seconds - clock.newest_seconds))
    leader = sanitize(clock.leader, _NAME_CHARACTERS)
    return (
        f"{_moment(clock.newest_seconds)}, {behind}; "
        f"{clock.agreeing} of {clock.principals} principals are within two hours of it, "
        f"{leader or 'nobody'} is {max(timedelta(), ahead)} ahead; "
        f"{clock.late} late events, {clock.future} from the future, "
        f"{clock.impossible} of an impossible time"
    )


def _distance(seconds: float, mark: str) -> str:
    side = "before" if seconds >= 0.0 else "after"
    return f"{timedelta(seconds=round(abs(seconds)))} {side} {mark}"


def _moment(seconds: float | None) -> str:
    if seconds is None:
        return "no time"
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Show and reset the event time of partitions.", no_args_is_help=True)
    group.command("show")(show)
    group.command("reset")(reset)
    app.add_typer(group, name="clocks")
