"""Counts the dead letters of all writers."""

import faust

from streams.exporters.worker_metrics import WorkerMetrics
from streams.kafka.raw_topic import raw_topic
from streams.settings.sections import TopicSettings


def add_count_dead_letters(app: faust.App, metrics: WorkerMetrics, names: TopicSettings) -> None:
    """Add the agent that reads the topic of dead letters."""

    async def count_dead_letters(stream: faust.StreamT[bytes]) -> None:
        async for _ in stream:
            metrics.dead_letters.inc()

    app.agent(raw_topic(app, names.dead_letters, 1), name="count-dead-letters")(count_dead_letters)
