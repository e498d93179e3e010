import pytest
from prometheus_client import CollectorRegistry

from streams.exporters.runtime_metrics import STAGES, RuntimeMetrics

OF_A_PARTITION = ("lag", "event_time", "principals", "saved_at")


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def test_a_partition_that_has_gone_takes_its_series_along(registry: CollectorRegistry) -> None:
    metrics = RuntimeMetrics(registry)
    for partition in ("3", "4"):
        for name in OF_A_PARTITION:
            getattr(metrics, name).labels(partition).set(7.0)
    metrics.forget(3)
    left = {
        sample.labels["partition"]
        for family in registry.collect()
        for sample in family.samples
        if "partition" in sample.labels
    }
    assert left == {"4"}


def test_a_partition_that_never_counted_is_forgotten_as_well(registry: CollectorRegistry) -> None:
    metrics = RuntimeMetrics(registry)
    metrics.lag.labels("4").set(7.0)
    metrics.forget(3)
    kept = {"partition": "4"}
    assert registry.get_sample_value("sellerwatch_consumer_lag_messages", kept) == 7.0


def test_every_stage_is_there_before_it_has_run(registry: CollectorRegistry) -> None:
    RuntimeMetrics(registry)
    for stage in STAGES:
        labels = {"stage": stage}
        assert registry.get_sample_value("sellerwatch_stage_seconds_total", labels) == 0.0


def test_names_carry_their_units(registry: CollectorRegistry) -> None:
    RuntimeMetrics(registry)
    for family in registry.collect():
        assert family.name.startswith("sellerwatch_")
        assert family.documentation.endswith(".")
        if family.type == "histogram":
            assert family.name.endswith("_seconds")
