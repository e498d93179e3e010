"""Shows the incidents as Prometheus metrics."""

import faust
import msgspec

from models.incident import Incident
from streams.agents.raw_topic import raw_topic
from streams.exporters.worker_metrics import WorkerMetrics
from streams.settings import TopicSettings


def add_export_incidents(app: faust.App, metrics: WorkerMetrics, names: TopicSettings) -> None:
    """Add the agent that reads the incidents topic."""
    decoder = msgspec.json.Decoder(Incident)

    async def export_incidents(stream: faust.StreamT[bytes]) -> None:
        async for value in stream:
            try:
                incident = decoder.decode(value)
            except (msgspec.DecodeError, UnicodeDecodeError, TypeError):
                metrics.dead_letters.inc()
            else:
                metrics.take_incident(incident)

    app.agent(raw_topic(app, names.incidents, names.partitions), name="export-incidents")(
        export_incidents
    )
