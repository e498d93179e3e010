"""Measures what an event costs while one principal, or many, do all they can to make it dear.

Run ``make bench-floods``. Two detectors with the same habits take turns: one has a usual hour, the
other as many events of the flood. The ratio is the median over these pairs, so that what else the
machine does befalls both.
"""

import gc
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median
from typing import Final

from msgspec.structs import replace

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Grant, Outcome, PrincipalKind
from models.domain.data_class import DataClass

_START: Final = 1_767_225_600.0  # 2026-01-01 00:00 UTC
_HOUR_SECONDS: Final = 3600.0
_HABIT_HOURS: Final = 8 * 24
_PRINCIPALS: Final = 100
_CALLS_AN_HOUR: Final = 20
_FLOOD: Final = 30_000
# As many events as a Kafka message holds.
_BATCH: Final = 250
# A round of the flood is as many calls as a usual hour has.
_ROUND: Final = _PRINCIPALS * _CALLS_AN_HOUR
# Hours after a restart, in which much is derived anew.
_WARM_HOURS: Final = 4
_MOST_SUBJECTS: Final = 1000
# Principals that have a place where a flood finds none left.
_PLACES: Final = 1000
Change = Callable[[AccessEvent, int], AccessEvent]


def main(names: Sequence[str] = ()) -> None:
    """Print the table, or the rows of these floods."""
    gc.disable()
    kept = _habits()
    print("| flood | a steady hour | in the flood | ratio |")
    print("|---|---|---|---|")
    for name, change in _FLOODS.items():
        if names and name not in names:
            continue
        settings = DetectorSettings()
        if name.endswith(_NO_ROOM):
            settings = DetectorSettings(max_principals=_PLACES)
        steady, flooded = _side_by_side(kept, settings, change)
        ratio = median(flood / usual for usual, flood in zip(steady, flooded, strict=True))
        print(f"| {name} | {median(steady):.1f} us | {median(flooded):.1f} us | {ratio:.1f} |")
        gc.collect()


def _side_by_side(
    kept: dict[bytes, bytes], settings: DetectorSettings, change: Change
) -> tuple[list[float], list[float]]:
    """Return what an event costs in each usual hour, and in the flood's round beside it."""
    calm, flooded = Detector(settings, {}), Detector(settings, {})
    for detector in (calm, flooded):
        detector.restore(kept)
        for hour in range(_HABIT_HOURS, _HABIT_HOURS + _WARM_HOURS):
            detector.process_batch(_usual_hour(hour))
    first = _HABIT_HOURS + _WARM_HOURS
    spent = [
        (_cost(calm, _usual_hours(first + number)), _cost(flooded, _flood(change, number)))
        for number in range(_FLOOD // _ROUND)
    ]
    return [cost for cost, _ in spent], [cost for _, cost in spent]


def _usual_hours(hour: int) -> Iterator[list[AccessEvent]]:
    events = _usual_hour(hour)
    for first in range(0, len(events), _BATCH):
        yield events[first : first + _BATCH]


def _flood(change: Change, number: int) -> Iterator[list[AccessEvent]]:
    """Yield one round, each batch made when it is asked for, as a message is decoded."""
    since = _START + (_HABIT_HOURS + _WARM_HOURS + 0.05) * _HOUR_SECONDS
    like = _call(0.0, "app-1")
    for first in range(number * _ROUND, (number + 1) * _ROUND, _BATCH):
        yield [
            change(replace(like, time=since + n / 10, event_id=f"flood-{n}"), n)
            for n in range(first, first + _BATCH)
        ]


def _habits() -> dict[bytes, bytes]:
    detector = Detector(DetectorSettings(), {})
    for hour in range(_HABIT_HOURS):
        detector.process_batch(_usual_hour(hour))
    return detector.take_changes()


def _usual_hour(hour: int) -> list[AccessEvent]:
    begun, step = _START + hour * _HOUR_SECONDS, _HOUR_SECONDS / _CALLS_AN_HOUR
    return [
        _call(begun + call * step + number / 10, f"app-{number}")
        for call in range(_CALLS_AN_HOUR)
        for number in range(_PRINCIPALS)
    ]


def _cost(detector: Detector, batches: Iterable[list[AccessEvent]]) -> float:
    """Return what an event of a round costs, in microseconds."""
    spent, count = 0.0, 0
    for batch in batches:
        begun = time.process_time()
        detector.process_batch(batch)
        spent += time.process_time() - begun
        count += len(batch)
    return spent / count * 1e6


def _call(seconds: float, principal: str) -> AccessEvent:
    return AccessEvent(
        event_id=f"{principal}-{seconds}",
        time=seconds,
        tenant="A1",
        principal=principal,
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
        data_classes=(DataClass.CUSTOMER,),
        records=5,
        subject_ids=tuple(hash((seconds, n)) & (2**64 - 1) for n in range(5)),
        credential_id=f"key-{principal}",
        source_ip="192.0.2.5",
        user_agent="erp/1.0",
    )


def _everything(event: AccessEvent, n: int) -> AccessEvent:
    return replace(
        event,
        user_agent=f"agent-{n}",
        source_ip=f"10.{n >> 8 & 255}.{n & 255}.7",
        operation=f"getOrder{n}",
        resource=f"table-{n}",
        credential_id=f"key-{n}",
    )


def _ids(first: int) -> tuple[int, ...]:
    """Return different ids, spread like hashes."""
    return tuple(n * 0x9E37_79B9_7F4A_7C15 % 2**64 for n in range(first, first + _MOST_SUBJECTS))


def _objects(event: AccessEvent, ids: tuple[int, ...]) -> AccessEvent:
    """Return a call whose records no log counts: what it names is looked up."""
    return replace(event, records=None, subject_ids=ids)


_NO_ROOM: Final = ", no room left"
_FLOODS: Final[dict[str, Change]] = {
    "none: more of the same": lambda e, _: e,
    "new agents": lambda e, n: replace(e, user_agent=f"agent-{n}"),
    "new networks": lambda e, n: replace(e, source_ip=f"10.{n >> 8 & 255}.{n & 255}.7"),
    "new operations": lambda e, n: replace(e, operation=f"getOrder{n}"),
    "new resources": lambda e, n: replace(e, resource=f"table-{n}"),
    "new credentials": lambda e, n: replace(e, credential_id=f"key-{n}"),
    "all of these": _everything,
    "networks and outcomes that alternate": lambda e, n: replace(
        e, source_ip=f"192.0.{n % 2 + 2}.7", outcome=(Outcome.SUCCESS, Outcome.DENIED)[n // 2 % 2]
    ),
    "new raw keys": lambda e, n: replace(e, credential_id=f"k{n}", grant=Grant.SECRET_KEY),
    "secrets": lambda e, _: replace(e, restricted=True, data_classes=(DataClass.NONE,)),
    f"{_MOST_SUBJECTS:,} subjects a call": lambda e, n: replace(
        e, subject_ids=_ids(n * _MOST_SUBJECTS + 1)
    ),
    f"{_MOST_SUBJECTS:,} objects a call": lambda e, n: _objects(e, _ids(n * _MOST_SUBJECTS + 1)),
    f"the same {_MOST_SUBJECTS:,} objects": lambda e, _: _objects(e, _ids(1)),
    "new principals, refused": lambda e, n: replace(
        e, principal=f"made-up-{n}", outcome=Outcome.DENIED
    ),
    "new principals, succeeding": lambda e, n: replace(e, principal=f"made-up-{n}"),
    f"new principals, succeeding{_NO_ROOM}": lambda e, n: replace(e, principal=f"made-up-{n}"),
    "new tenants": lambda e, n: replace(e, tenant=f"tenant-{n}"),
    f"new tenants{_NO_ROOM}": lambda e, n: replace(e, tenant=f"tenant-{n}"),
}


if __name__ == "__main__":
    main(sys.argv[1:])
