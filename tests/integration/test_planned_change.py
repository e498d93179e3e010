"""A change that was planned by command holds on Kafka, also when its worker is killed."""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from kafka import TopicPartition
from live import Deployment, Worker, feed, workers
from real_parts import wait_for

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from streams.kafka.clients import make_consumer

pytestmark = pytest.mark.xdist_group("planned change")
DAY, HOUR = 86_400.0, 3600.0


def read(seconds: float, records: int, name: str = "app-1") -> AccessEvent:
    return AccessEvent(
        event_id=f"{name}-{seconds}",
        time=seconds,
        tenant="A1",
        principal=name,
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
        data_classes=(DataClass.CUSTOMER,),
        records=records,
        source_ip="192.0.2.7",
        user_agent="erp/1.0",
        credential_id=f"key-{name}",
    )


def habits(until: float) -> list[AccessEvent]:
    begin = until - 10 * DAY
    return [
        read(begin + hour * HOUR + 60 * number, 18 + (hour * 7 + number) % 5, f"app-{number}")
        for hour in range(240)
        for number in range(8)
    ]


def run(worker: Worker, *arguments: str) -> str:
    command = [sys.executable, "-m", "streams", *arguments, "--config", str(worker.config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def get(worker: Worker, path: str) -> dict:
    port = worker.deployment.settings(worker.number).worker.web_port
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return json.load(answer)


def is_applied(deployment: Deployment) -> bool:
    """Whether the group has committed what people said: the detectors have it in a checkpoint."""
    settings = deployment.settings()
    consumer = make_consumer(settings.kafka, group_id=deployment.name)
    topic, count = settings.topics.feedback, settings.topics.partitions
    places = [TopicPartition(topic, number) for number in range(count)]
    ends = consumer.end_offsets(places)
    committed = {place: consumer.committed(place) or 0 for place in places}
    consumer.close()
    return sum(ends.values()) > 0 and committed == ends


def of_the_change(worker: Worker) -> list[dict]:
    found = get(worker, "/api/incidents?principal=app-1")["incidents"]
    return [one["incident"] for one in found if one["incident"]["planned"] is not None]


def test_what_stays_inside_pages_nobody_and_what_exceeds_it_does(
    kafka: str, tmp_path: Path
) -> None:
    deployment = Deployment.create([kafka], tmp_path, f"planned-{time.time_ns()}")
    begin = time.time() - 45 * 60
    with workers(deployment, 1) as (worker,):
        feed(deployment, habits(begin - 60))
        wait_for("the habits' checkpoint", deployment.is_done, seconds=60)
        starts, until = (
            time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))
            for moment in (begin - 1, time.time() + HOUR)
        )
        limits = ["--from", starts, "--records", "6,000", "--change", "4711"]
        told = run(
            worker, "planned", "app-1", "--tenant", "A1", "--until", until, "--why", "backfill",
            "--by", "maria", *limits,
        )  # fmt: skip
        assert told.startswith("planned change 4711: up to 6,000 records by app-1 until ")
        wait_for("the change", lambda: len(get(worker, "/api/planned")["planned"]) == 1)
        wait_for("its checkpoint", lambda: is_applied(deployment))
        feed(deployment, [read(begin + 60 * n, 600) for n in range(5)])
        wait_for("what is inside", lambda: of_the_change(worker) != [])
        worker.kill()
        worker.start().wait_until_ready()
        feed(deployment, [read(begin + 60 * n, 600) for n in range(5, 10)])
        feed(deployment, [read(begin + 60 * n, 600) for n in range(10, 20)])
        wait_for("the page", lambda: any(one["page"] for one in of_the_change(worker)))
        inside, beyond = sorted(of_the_change(worker), key=lambda one: one["page"])
        assert (inside["exposure"]["records"], inside["paged_at"]) == (6_000, None)
        assert inside["planned"]["by"] == beyond["planned"]["by"] == "maria"
        reason = "app-1 read 6,600 records under the planned change 4711, which allows 6,000."
        assert reason in [one["text"] for one in beyond["reasons"]]
        name = beyond["incident_id"]
        assert run(worker, "activity", name, "taken", "--by", "maria").endswith("by maria\n")
        path = f"/api/incidents/{name}/activity"
        wait_for("the owner", lambda: get(worker, path)["owner"] is not None)
        assert [one["kind"] for one in get(worker, path)["activity"]] == ["taken"]
        port = deployment.settings().worker.metrics_port
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            assert 'owner="maria"' in answer.read().decode()
