import asyncio
from collections.abc import AsyncIterator

import faust

from streams.exporters.worker_metrics import WorkerMetrics
from streams.settings.sections import TopicSettings
from streams.worker.agents.count_dead_letters import add_count_dead_letters


async def letters(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"{}"


def test_every_letter_counts_whoever_wrote_it() -> None:
    async def count() -> float | None:
        app = faust.App("group", broker="kafka://127.0.0.1:1", autodiscover=False)
        metrics = WorkerMetrics(top_incidents=5)
        add_count_dead_letters(app, metrics, TopicSettings())
        (agent,) = [a for name, a in app.agents.items() if name == "count-dead-letters"]
        assert agent.channel.get_topic_name() == TopicSettings().dead_letters
        await agent.fun(letters(3))
        return metrics.registry.get_sample_value("sellerwatch_dead_letters_total")

    assert asyncio.run(count()) == 3
