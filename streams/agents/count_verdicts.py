"""Counts what people said of incidents."""

from contextlib import suppress

import faust

from models.errors import WireFormatError
from streams.agents.raw_topic import raw_topic
from streams.exporters.worker_metrics import WorkerMetrics
from streams.feedback_topic import decode_feedback
from streams.settings import TopicSettings


def add_count_verdicts(app: faust.App, metrics: WorkerMetrics, names: TopicSettings) -> None:
    """Add the agent that reads the topic of verdicts; each counts once, in one worker."""

    async def count_verdicts(stream: faust.StreamT[bytes]) -> None:
        async for value in stream:
            with suppress(WireFormatError):
                metrics.calibration.count_verdict(decode_feedback(value or b"").verdict)

    topic = raw_topic(app, names.feedback, names.partitions)
    app.agent(topic, name="count-verdicts")(count_verdicts)
