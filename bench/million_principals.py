"""Feeds a million new principals within one hour, after three usual days: memory stays bounded.

Run ``make bench-million-principals``.
"""

import resource
from time import process_time
from typing import Final

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass

_PRINCIPALS: Final = 1_000_000
_START: Final = 1_767_225_600.0  # 2026-01-01 00:00 UTC
_HOUR_SECONDS: Final = 3600.0
_USUAL_HOURS: Final = 72
_USUAL_PRINCIPALS: Final = 20
# Events between two checkpoints of a worker.
_CHECKPOINT_EVENTS: Final = 100_000


def main() -> None:
    """Print the table."""
    settings = DetectorSettings()
    detector = Detector(settings, {})
    for hour in range(_USUAL_HOURS):
        detector.process_batch([_event(n, hour, "erp") for n in range(_USUAL_PRINCIPALS)])
    known, incidents, begun = 0, 0, process_time()
    for number in range(_PRINCIPALS):
        hour = _USUAL_HOURS + number / _PRINCIPALS
        incidents += len(detector.process(_event(number, hour, "app")))
        known = max(known, detector.principals_known)
        if number % _CHECKPOINT_EVENTS == 0:
            detector.take_changes()
    spent = process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("| what | value |\n|---|---|")
    print(f"| distinct principals within an hour | {_PRINCIPALS:,} |")
    print(f"| kept at most (`max_principals`) | {known:,} ({settings.max_principals:,}) |")
    print(f"| evicted | {detector.evicted_principals_total:,} |")
    each = spent / _PRINCIPALS * 1e6
    print(f"| changes of incidents | {incidents:,} |")
    print(f"| a principal that comes, is scored once and is evicted | {each:.1f} us |")
    print(f"| peak memory of the process | {peak:,.0f} MB |")


def _event(number: int, hour: float, kind: str) -> AccessEvent:
    return AccessEvent(
        event_id=f"{kind}-{number}-{hour}",
        time=_START + hour * _HOUR_SECONDS,
        tenant="A1",
        principal=f"{kind}-{number}",
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
        data_classes=(DataClass.CUSTOMER,),
        records=5,
        source_ip="192.0.2.7",
        user_agent="erp/1.0",
        credential_id=f"key-{number}",
    )


if __name__ == "__main__":
    main()
