from prometheus_client import Histogram, generate_latest

from streams.exporters.plain_registry import PlainRegistry


def test_a_histogram_has_buckets_sum_and_count_alone() -> None:
    registry = PlainRegistry()
    Histogram("wait_seconds", "Wait.", registry=registry, buckets=(1.0,)).observe(0.5)
    names = {
        line.split("{")[0].split(" ")[0]
        for line in generate_latest(registry).decode().splitlines()
        if not line.startswith("#")
    }
    assert names == {"wait_seconds_bucket", "wait_seconds_count", "wait_seconds_sum"}
