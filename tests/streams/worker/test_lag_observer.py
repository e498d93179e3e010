import asyncio
import logging
from collections.abc import Mapping

import pytest
from aiokafka.errors import KafkaTimeoutError
from faust.types import TP
from prometheus_client import CollectorRegistry, Gauge

from streams.worker.lag_observer import LagObserver

FIRST, SECOND = TP("events", 0), TP("events", 3)


class Brokers:
    """Brokers that tell the given ends, or do not answer."""

    def __init__(self, ends: Mapping[TP, int]) -> None:
        self.ends, self.is_away, self.asked = ends, False, 0

    async def __call__(self, *tps: TP) -> Mapping[TP, int]:
        self.asked += 1
        if self.is_away:
            raise KafkaTimeoutError
        return {tp: self.ends[tp] for tp in tps}


def gauge() -> tuple[CollectorRegistry, Gauge]:
    registry = CollectorRegistry()
    return registry, Gauge("lag", "lag", ["partition"], registry=registry)


def values(registry: CollectorRegistry) -> dict[str, float]:
    return {s.labels["partition"]: s.value for m in registry.collect() for s in m.samples}


def test_the_lag_is_what_lies_before_the_end() -> None:
    registry, lag = gauge()
    offsets = {FIRST: 70, SECOND: 30}
    asyncio.run(LagObserver(Brokers({FIRST: 100, SECOND: 25}), lambda: offsets, lag).observe())
    assert values(registry) == {"0": 30, "3": 0}


def test_without_partitions_nobody_is_asked() -> None:
    registry, lag = gauge()
    brokers = Brokers({})
    asyncio.run(LagObserver(brokers, dict, lag).observe())
    assert not brokers.asked
    assert values(registry) == {}


def test_brokers_that_do_not_answer_stop_nothing(caplog: pytest.LogCaptureFixture) -> None:
    registry, lag = gauge()
    brokers, offsets = Brokers({FIRST: 100}), {FIRST: 70}
    observer = LagObserver(brokers, lambda: offsets, lag)
    asyncio.run(observer.observe())
    brokers.is_away = True
    offsets[FIRST] = 90
    with caplog.at_level(logging.WARNING, "sellerwatch"):
        asyncio.run(observer.observe())
        asyncio.run(observer.observe())
    assert values(registry) == {"0": 10}
    assert len(caplog.records) == 1
    assert not observer.is_answered
    brokers.is_away, brokers.ends = False, {FIRST: 500}
    asyncio.run(observer.observe())
    assert values(registry) == {"0": 410}
    assert observer.is_answered


def test_a_partition_whose_end_was_never_told_has_no_lag() -> None:
    registry, lag = gauge()
    brokers = Brokers({})
    brokers.is_away = True
    asyncio.run(LagObserver(brokers, lambda: {FIRST: 70}, lag).observe())
    assert values(registry) == {}


def test_a_worker_whose_partitions_went_elsewhere_waits_for_no_answer() -> None:
    _, lag = gauge()
    brokers, offsets = Brokers({}), {FIRST: 70}
    brokers.is_away = True
    observer = LagObserver(brokers, lambda: offsets, lag)
    asyncio.run(observer.observe())
    assert not observer.is_answered
    offsets.clear()
    asyncio.run(observer.observe())
    assert observer.is_answered
