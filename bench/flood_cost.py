"""Measures what an event costs while one principal, or many, do all they can to make it dear.

Run ``make bench-floods``. The usual cost is measured in the same run, before each flood, in the
first hour after a restart, in which much is derived anew; beside it stands that of the hours after.
"""

import gc
import time
from collections.abc import Callable, Iterable, Iterator
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
_ROUND: Final = 1000
_STEADY_HOURS: Final = 3
_MOST_SUBJECTS: Final = 1000
# Principals that have a place where a flood finds none left.
_PLACES: Final = 1000
Change = Callable[[AccessEvent, int], AccessEvent]


def main() -> None:
    """Print the table."""
    gc.disable()
    kept = _habits()
    print("| flood | usual | in a steady hour | in the flood | ratio | ratio to a steady hour |")
    print("|---|---|---|---|---|---|")
    for name, change in _FLOODS.items():
        settings = DetectorSettings()
        if name.endswith(_NO_ROOM):
            settings = DetectorSettings(max_principals=_PLACES)
        detector = Detector(settings, {})
        detector.restore(kept)
        usual = _cost(detector, _rounds(_usual_hour(_HABIT_HOURS)))
        hours = range(_HABIT_HOURS + 1, _HABIT_HOURS + 1 + _STEADY_HOURS)
        steady = median(_cost(detector, _rounds(_usual_hour(hour))) for hour in hours)
        flooded = _cost(detector, _flood(change))
        ratios = f"{flooded / usual:.1f} | {flooded / steady:.1f}"
        print(f"| {name} | {usual:.1f} us | {steady:.1f} us | {flooded:.1f} us | {ratios} |")
        gc.collect()


def _rounds(events: list[AccessEvent]) -> Iterator[list[AccessEvent]]:
    for first in range(0, len(events), _ROUND):
        yield events[first : first + _ROUND]


def _flood(change: Change) -> Iterator[list[AccessEvent]]:
    since = _START + (_HABIT_HOURS + 1 + _STEADY_HOURS + 0.05) * _HOUR_SECONDS
    like = _call(0.0, "app-1")
    for first in range(0, _FLOOD, _ROUND):
        yield [
            change(replace(like, time=since + n / 10, event_id=f"flood-{n}"), n)
            for n in range(first, first + _ROUND)
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


def _cost(detector: Detector, rounds: Iterable[list[AccessEvent]]) -> float:
    """Return the median over rounds of what an event costs, in microseconds."""
    spent = []
    for part in rounds:
        begun = time.process_time()
        detector.process_batch(part)
        spent.append((time.process_time() - begun) / len(part) * 1e6)
    return median(spent)


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
_SAME: Final = _ids(1)
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
    f"the same {_MOST_SUBJECTS:,} objects": lambda e, _: _objects(e, _SAME),
    "new principals, refused": lambda e, n: replace(
        e, principal=f"made-up-{n}", outcome=Outcome.DENIED
    ),
    "new principals, succeeding": lambda e, n: replace(e, principal=f"made-up-{n}"),
    f"new principals, succeeding{_NO_ROOM}": lambda e, n: replace(e, principal=f"made-up-{n}"),
    "new tenants": lambda e, n: replace(e, tenant=f"tenant-{n}"),
    f"new tenants{_NO_ROOM}": lambda e, n: replace(e, tenant=f"tenant-{n}"),
}


if __name__ == "__main__":
    main()
