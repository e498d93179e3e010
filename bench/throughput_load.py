"""Events for the throughput benchmark: a simulated account, repeated."""

import time
from collections.abc import Callable, Iterator

import msgspec
from kafka.future import Future

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from streams.ingest.packer import Packer
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.simulation import Simulation, SimulationSettings

_DAYS = 9


def simulated_events(settings: Settings, seed: int = 7) -> list[AccessEvent]:
    """Return nine days of forty principals, about 140,000 events, in time order."""
    simulation = Simulation(SimulationSettings(seed=seed, days=_DAYS, principals=40))
    parser = make_parser(settings, "auto", bytes(32))
    events: list[AccessEvent] = []
    for number, simulated in enumerate(simulation.records()):
        items = parser.parse(simulated.record, source="bench", position=str(number))
        events += [item for item in items if isinstance(item, AccessEvent)]
    return events


def repeated(events: list[AccessEvent], count: int) -> Iterator[AccessEvent]:
    """Yield `count` events: the same days repeated, shifted in time and with new ids."""
    replace = msgspec.structs.replace
    for number in range(count):
        turn, index = divmod(number, len(events))
        event = events[index]
        yield (
            replace(
                event, event_id=f"{event.event_id}-{turn}", time=event.time + turn * _DAYS * 86400
            )
            if turn
            else event
        )


def packed(events: Iterator[AccessEvent], settings: Settings) -> list[tuple[int, bytes]]:
    """Return the partition and value of each message that the packer makes."""
    messages: list[tuple[int, bytes]] = []

    class Recorder:
        def send(self, topic: str, *, value: bytes, partition: int) -> Future:
            messages.append((partition, value))
            return Future().success(value)

        def flush(self, timeout: float | None = None) -> None:
            pass

    packer = Packer(Recorder(), settings.topics, settings.packer)
    for event in events:
        packer.add(event)
    packer.flush()
    return messages


def violation(number: int, seconds: float) -> AccessEvent:
    """Return an event that opens its own incident by violating its declared purpose."""
    return AccessEvent(
        event_id=f"violation-{number}",
        time=seconds,
        tenant="A1BENCH",
        principal=f"violator-{number}",
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
        data_classes=(DataClass.CUSTOMER,),
        records=50,
    )


def feed_at_rate(
    packer: Packer,
    events: Iterator[AccessEvent],
    *,
    events_a_second: float,
    violations_a_second: float,
    seconds: float,
    on_violation: Callable[[str], None],
) -> int:
    """Send events at a fixed pace, with some violations; return how many were sent."""
    began = time.monotonic()
    sent = violations = 0
    last = 0.0
    while (now := time.monotonic() - began) < seconds:
        due = int(now * events_a_second)
        for _ in range(due - sent):
            event = next(events)
            last = event.time
            packer.add(event)
        sent = max(sent, due)
        while violations < int(now * violations_a_second):
            violations += 1
            event = violation(violations, last)
            on_violation(event.principal)
            packer.add(event)
        packer.send_due()
        time.sleep(0.002)
    packer.flush()
    return sent + violations
