"""The textbook worker that `ours` is compared with.

A Faust Record, one event per message, River's HalfSpaceTrees for each principal, and a table
update for each event. Run by bench/throughput.py; prints events and seconds as JSON.
"""

import json
import os
import sys
import time

import faust
from river import anomaly


class Access(faust.Record, serializer="json"):
    """One access event in the topic."""

    event_id: str
    time: float
    principal: str
    operation: str
    records: int = 0
    bytes: int = 0


def make_app(broker: str, group: str, topic: str, folder: str, expected: int) -> faust.App:
    """Make the app; it stops by itself before the last of `expected` events."""
    app = faust.App(
        group,
        broker=f"kafka://{broker}",
        store="memory://",
        topic_partitions=8,
        datadir=folder,
        web_enabled=False,
        stream_wait_empty=False,
    )
    events = app.topic(topic, value_type=Access)
    alerts = app.topic(f"{topic}-alerts", value_type=bytes, value_serializer="json")
    counts = app.Table("counts", default=int, partitions=8)
    forests: dict[str, anomaly.HalfSpaceTrees] = {}
    seen = {"events": 0, "began": 0.0}

    @app.agent(events)
    async def detect(stream: faust.StreamT[Access]) -> None:
        async for event in stream:
            seen["events"] += 1
            # As with ours, the first and the last tenth do not count.
            if seen["events"] == expected // 10:
                seen["began"] = time.monotonic()
            forest = forests.get(event.principal)
            if forest is None:
                forest = forests[event.principal] = anomaly.HalfSpaceTrees(seed=1)
            features = {
                "records": min(1.0, event.records / 1e4),
                "bytes": min(1, event.bytes / 1e7),
            }
            score = forest.score_one(features)
            forest.learn_one(features)
            counts[event.principal] += event.records
            if score > 0.98:
                await alerts.send(key=event.principal, value={"principal": event.principal})
            if seen["events"] == expected * 9 // 10:
                seconds = time.monotonic() - seen["began"]
                counted = expected * 9 // 10 - expected // 10
                print(json.dumps({"events": counted, "seconds": seconds}), flush=True)
                # A graceful stop may wait forever for messages in flight.
                os._exit(0)

    return app


def main() -> None:
    """Run until all events are read."""
    broker, group, topic, folder, expected = sys.argv[1:6]
    app = make_app(broker, group, topic, folder, int(expected))
    worker = faust.Worker(app, loglevel="ERROR", quiet=True, redirect_stdouts=False)
    worker.execute_from_commandline()


if __name__ == "__main__":
    main()
