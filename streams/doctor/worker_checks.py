"""Judges a worker: whether it is ready, keeps up, and believes the times of events."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from models.errors import ServiceError
from streams.doctor.check import Check, State
from streams.doctor.http_server import HttpServer
from streams.presentation.wording import percent
from streams.settings.sections import WorkerSettings

_AREA: Final = "worker"
_BAD_SHARE: Final = 0.05
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104
_TIMES: Final = {
    "sellerwatch_late_events_total": "late",
    "sellerwatch_future_events_total": "from after their arrival",
    "sellerwatch_time_jumps_total": "of an impossible time",
}
_LOSSES: Final = {
    "sellerwatch_absent_offsets_total": (
        "offsets were deleted before they were scored", "topics: {events_retention_hours: 336}"),
    "sellerwatch_refused_checkpoints_total": (
        "records of checkpoints were refused", "docs/runbooks/checkpoints_refused.md"),
    "sellerwatch_audit_failures_total": (
        "accesses to the pages were not written to the audit topic",
        "docs/runbooks/audit_failing.md"),
    "sellerwatch_evicted_principals_total": (
        "principals were evicted", "docs/runbooks/principals_evicted.md"),
}  # fmt: skip


def check_worker(worker: WorkerSettings) -> Iterator[Check]:
    """Judge the worker that the settings name."""
    web = HttpServer("the worker", _url(worker.web_host, worker.web_port))
    scraped = HttpServer("the worker's metrics", _url(worker.metrics_host, worker.metrics_port))
    try:
        state = web.json("/readyz")
        metrics = _sums(scraped.text("/metrics"))
    except ServiceError as error:
        cures = ("sellerwatch worker", f"curl -s {_url(worker.web_host, worker.web_port)}/readyz")
        yield Check(_AREA, State.BROKEN, str(error), cures)
        return
    held = state.get("partitions") if isinstance(state, dict) else None
    count = len(held) if isinstance(held, list) else 0
    yield Check(_AREA, State.OK, f"it is ready and has {count} partitions")
    yield from _times(metrics)
    yield from _losses(metrics)


def _url(host: str, port: int) -> str:
    host = _EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _sums(text: str) -> Counter[str]:
    """Add up the samples of each name."""
    sums: Counter[str] = Counter()
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                sums[sample.name] += sample.value  # type: ignore[assignment]
    except ValueError as error:
        message = "the worker's metrics cannot be read: check worker.metrics_port"
        raise ServiceError(message) from error
    return sums


def _times(metrics: Counter[str]) -> Iterator[Check]:
    events = metrics["sellerwatch_events_total"]
    if not events:
        yield Check(_AREA, State.ADVICE, "it has scored no event", ("sellerwatch ingest LOGS",))
        return
    shares = {text: metrics[name] / events for name, text in _TIMES.items()}
    wrong = {text: share for text, share in shares.items() if share > _BAD_SHARE}
    for text, share in wrong.items():
        told = f"{percent(share)} of the events are {text}: a source's clock or zone is wrong"
        cures = ("sellerwatch clocks show", "docs/runbooks/event_times.md")
        yield Check("clock", State.BROKEN, told, cures)
    if not wrong:
        told = f"{events:,.0f} events were scored, their times are right"
        yield Check("clock", State.OK, told)


def _losses(metrics: Counter[str]) -> Iterator[Check]:
    for name, (text, cure) in _LOSSES.items():
        if metrics[name]:
            yield Check(_AREA, State.ADVICE, f"{metrics[name]:,.0f} {text} since it began", (cure,))
