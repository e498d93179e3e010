from prometheus_client import CollectorRegistry

from streams.exporters.thread_metrics import ThreadMetrics


def test_a_thread_is_shown_before_it_ever_fails_and_as_it_is_at_the_scrape() -> None:
    registry = CollectorRegistry()
    metrics, ready = ThreadMetrics(registry), [False]
    count = metrics.counter("reader")
    metrics.watch("reader", lambda: ready[0])

    def value(name: str) -> float | None:
        return registry.get_sample_value(name, {"thread": "reader"})

    assert value("sellerwatch_thread_failures_total") == 0
    assert value("sellerwatch_thread_ready") == 0
    ready[0] = True
    count()
    assert value("sellerwatch_thread_failures_total") == 1
    assert value("sellerwatch_thread_ready") == 1
