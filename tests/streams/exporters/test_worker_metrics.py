import random
import shutil
import subprocess
import time
from collections.abc import Callable

import pytest
from prometheus_client import Histogram, generate_latest

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.incidents.incident import Incident
from streams.exporters.worker_metrics import PlainRegistry, WorkerMetrics
from streams.settings.sections import LinkSettings, WorkerSettings

KINDS = ("erp", "repricer", "bi_export", "payment_processor", "tax_service")


def fleet(size: int) -> list[AccessEvent]:
    rng = random.Random(7)
    return [
        AccessEvent(
            event_id=f"r-{number}",
            time=1767225600.0,
            tenant="A1SELLER",
            principal=f"amzn1.sp.solution.{number:036}",
            principal_kind=PrincipalKind.APPLICATION,
            service=f"service-{number % 40}",
            operation="getOrders",
            outcome=Outcome.SUCCESS,
            data_classes=(list(DataClass)[number % 7],),
            records=50,
            subject_ids=tuple(rng.getrandbits(64) for _ in range(3)),
            source_ip=f"203.0.{number % 200}.9",
            country=("DE", "FR", "US", "CN", "BR")[number % 5],
        )
        for number in range(size)
    ]


def busy_worker(incident: Callable[..., Incident], principals: int) -> WorkerMetrics:
    links = LinkSettings()
    metrics = WorkerMetrics(
        WorkerSettings().top_incidents,
        {f"amzn1.sp.solution.{n:036}": KINDS[n % 5] for n in range(principals)},
        {name: getattr(links, name) for name in ("runbooks", "incidents", "dashboards")},
    )
    metrics.count_events(tuple(fleet(principals)))
    for number in range(principals // 100):
        metrics.take_incident(incident(number))
    metrics.calibration.count_days((n / 100, n / 1000) for n in range(1000))
    for partition in range(4):
        for gauge in (metrics.runtime.principals, metrics.runtime.lag, metrics.runtime.event_time):
            gauge.labels(str(partition)).set(1767225600.0)
    return metrics


def test_200_000_principals_are_a_small_scrape(
    incident: Callable[..., Incident], say: Callable[[str], None]
) -> None:
    metrics = busy_worker(incident, 200_000)
    started = time.perf_counter()
    text = generate_latest(metrics.registry)
    seconds = time.perf_counter() - started
    say(f"200,000 principals: {len(text):,} bytes in {seconds * 1000:.0f} ms")
    assert len(text) < 50_000
    assert b"_created" not in text


def test_promtool_has_nothing_to_say(incident: Callable[..., Incident]) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is missing: apt-get install prometheus")
    text = generate_latest(busy_worker(incident, 1000).registry)
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, check=False
    )
    assert done.stdout + done.stderr == b""
    assert done.returncode == 0


def test_latency_is_from_kafkas_stamp_to_now() -> None:
    metrics = WorkerMetrics(50, clock=lambda: 100.0)
    for stamped in (99.8, 96.0, 100.5):
        metrics.observe_latency(stamped)
    value = metrics.registry.get_sample_value
    name = "sellerwatch_event_to_incident_seconds"
    assert value(f"{name}_bucket", {"le": "0.25"}) == 2
    assert value(f"{name}_bucket", {"le": "5.0"}) == 3
    assert value(f"{name}_sum") == pytest.approx(4.2)


def test_a_histogram_has_buckets_sum_and_count_alone() -> None:
    registry = PlainRegistry()
    Histogram("wait_seconds", "Wait.", registry=registry, buckets=(1.0,)).observe(0.5)
    names = {
        line.split("{")[0].split(" ")[0]
        for line in generate_latest(registry).decode().splitlines()
        if not line.startswith("#")
    }
    assert names == {"wait_seconds_bucket", "wait_seconds_count", "wait_seconds_sum"}
