"""Whatever sellerwatch cannot see, it tells of: a metric, an alert, a runbook, a panel."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import run
from urllib.request import urlopen

import pytest
import yaml
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families
from real_parts import free_port, process, wait_for

from dashboards.unseen import TITLE
from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.event_batch import encode_batch
from models.incidents.feedback import Feedback, Verdict
from streams.demo.embedded_broker import EmbeddedBroker
from streams.exporters.worker_metrics import WorkerMetrics
from streams.kafka.clients import make_producer
from streams.kafka.feedback_topic import encode_feedback
from streams.settings.settings import Settings, load_settings
from streams.worker.partition_detectors import PartitionDetectors

FLAG = "--embedded-broker"
HOUR = timedelta(hours=1)
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Kind:
    """A kind of what is not seen, and where somebody is told of it."""

    metric: str
    alert: str
    runbook: str


KINDS = (
    Kind("late_events", "SellerwatchEventTimesWrong", "event_times"),
    Kind("future_events", "SellerwatchEventTimesWrong", "event_times"),
    Kind("time_jumps", "SellerwatchEventTimesWrong", "event_times"),
    Kind("reused_request_ids", "SellerwatchRequestIdsReused", "request_ids_reused"),
    Kind("unclassified_reads", "SellerwatchUnclassifiedReads", "unclassified"),
    Kind("evicted_principals", "SellerwatchPrincipalsEvicted", "principals_evicted"),
    Kind("refused_verdicts", "SellerwatchVerdictsRefused", "verdicts_refused"),
    Kind("dead_letters", "SellerwatchDeadLetters", "dead_letters"),
)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.metric)


def line(when: datetime, principal: str, request_id: str, **fields: object) -> str:
    record = {
        "time": when.isoformat(), "request_id": request_id, "seller_id": "A1SELLER",
        "application_id": principal, "credential_id": "key-1", "grant": "lwa", "method": "GET",
        "path": "/orders/v0/orders", "status": 200, "response_bytes": 900, "records": 2,
        "source_ip": "192.0.2.10", "user_agent": "Bot/1.0",
    }  # fmt: skip
    return json.dumps(record | fields) + "\n"


def sellerwatch(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "streams", *arguments]


def write_settings(folder: Path, address: str) -> Path:
    (folder / "key").write_text("ab" * 32)
    path = folder / "sellerwatch.yaml"
    values = {
        "kafka": {"brokers": [address]},
        "topics": {"partitions": 1},
        "sources": {"redaction_key_file": str(folder / "key")},
        "detector": {"max_principals": 3},
        "worker": {
            "web_port": free_port(),
            "metrics_port": free_port(),
            "data_directory": str(folder / "data"),
            "rebalance_timeout_seconds": 4.0,
            "session_timeout_seconds": 6.0,
            "heartbeat_interval_seconds": 1.0,
        },
    }
    path.write_text(yaml.safe_dump(values))
    return path


@contextmanager
def live_worker(folder: Path) -> Iterator[tuple[Settings, Callable[..., None]]]:
    """Run a worker; yield its settings, and a function that ingests lines."""
    with EmbeddedBroker(folder / "broker.log") as broker:
        config = str(write_settings(folder, broker.address))

        def do(*arguments: str) -> None:
            done = run(
                sellerwatch(*arguments, "--config", config),
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr

        def ingest(*lines: str) -> None:
            log = folder / "log.ndjson"
            log.write_text("".join(lines))
            do("ingest", str(log), FLAG)

        do("topics", "create")
        command = sellerwatch("worker", "--config", config, FLAG)
        with process(command, folder / "worker.log"):
            yield load_settings(Path(config)), ingest


def totals(port: int) -> dict[str, float]:
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
    except OSError:
        return {}
    sums: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name.endswith("_total"):
                sums[sample.name] = sums.get(sample.name, 0.0) + sample.value
    return sums


def forge_verdict(settings: Settings) -> None:
    verdict = Feedback(
        incident_id="i-1", tenant="A1SELLER", principal="app-0", verdict=Verdict.BENIGN, note="",
        decided_at=datetime(9999, 12, 31, tzinfo=UTC), by="maria",
    )  # fmt: skip
    message = encode_feedback(verdict, settings.topics.partitions)
    producer = make_producer(settings.kafka, one_record_a_batch=True)
    producer.send(
        settings.topics.feedback, key=message.key, value=message.value, partition=message.partition
    )
    producer.flush()
    producer.close()


def test_each_kind_shows_in_the_metrics_of_a_live_worker(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with live_worker(tmp_path) as (settings, ingest):
        ingest(*(line(now, f"app-{n % 2}", f"r-{n}") for n in range(4)))
        ingest(
            line(now, "app-0", "r-1", records=999),
            line(now - 6 * HOUR, "app-0", "late"),
            line(now + 6 * HOUR, "app-0", "ahead"),
            line(now, "app-0", "unknown", path="/no/such/path", response_bytes=90_000),
            *(line(now, f"name-{n}", f"n-{n}") for n in range(6)),
            "no json\n",
        )
        forge_verdict(settings)
        # No event gets an impossible time through Kafka, which says when it came.
        expected = [f"sellerwatch_{k.metric}_total" for k in KINDS if k.metric != "time_jumps"]
        port = settings.worker.metrics_port
        try:
            wait_for("every kind", lambda: all(totals(port).get(n, 0) > 0 for n in expected), 40)
        finally:
            print({name: totals(port).get(name) for name in expected})
        assert totals(port)["sellerwatch_reused_request_ids_total"] == 1
        assert totals(port)["sellerwatch_unclassified_reads_total"] == 1
        assert totals(port)["sellerwatch_duplicate_events_total"] == 0


def test_an_impossible_time_shows_where_nobody_knows_the_arrival() -> None:
    metrics = WorkerMetrics(top_incidents=5)
    detectors = PartitionDetectors(
        lambda _: Detector(DetectorSettings(), {}), metrics, 3600.0, 300.0, lambda: 0.0
    )
    detectors.open(0, 0)
    event = AccessEvent(
        event_id="r-1", time=1e9, tenant="A1", principal="app-1", service="orders",
        principal_kind=PrincipalKind.APPLICATION, operation="getOrders", outcome=Outcome.SUCCESS,
    )  # fmt: skip
    detectors.process(0, 0, encode_batch([event, replace(event, event_id="r-2", time=-1.0)]))
    assert metrics.registry.get_sample_value("sellerwatch_time_jumps_total") == 1


@pytest.mark.parametrize(
    # By tenant and service, unclassified reads begin with their first one, which a week's sum
    # may lose.
    "kind",
    [kind for kind in KINDS if kind.metric != "unclassified_reads"],
    ids=lambda kind: kind.metric,
)
def test_the_metric_is_there_from_the_start(kind: Kind) -> None:
    """A counter that appears with its first event shows no increase."""
    registry = WorkerMetrics(top_incidents=5).registry
    assert registry.get_sample_value(f"sellerwatch_{kind.metric}_total") == 0


@each_kind
def test_an_alert_asks_for_the_metric_and_links_the_runbook(kind: Kind) -> None:
    groups = yaml.safe_load((ROOT / "config/prometheus/rules/pipeline.yaml").read_text())["groups"]
    (rule,) = (r for g in groups for r in g["rules"] if r.get("alert") == kind.alert)
    assert f"sellerwatch_{kind.metric}_total" in rule["expr"]
    assert rule["annotations"]["runbook_url"].endswith(f"}}}}{kind.runbook}")
    assert rule["annotations"]["action"]
    cases = yaml.safe_load((ROOT / "tests/config/prometheus/cases.yaml").read_text())
    told = [case.get("summary") for case in cases if case["alert"] == kind.alert]
    assert any(told)
    assert None in told


@each_kind
def test_the_runbook_says_what_to_do_first(kind: Kind) -> None:
    text = (ROOT / "docs/runbooks" / f"{kind.runbook}.md").read_text()
    assert text.startswith(f"# {kind.alert}\n")
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings == ["Meaning", "Impact", "Diagnosis", "Mitigation"]
    page = (ROOT / "docs/runbooks/metrics.md").read_text()
    assert f"`sellerwatch_{kind.metric}_total`" in page


@each_kind
def test_the_row_of_the_dashboard_shows_it(kind: Kind) -> None:
    board = json.loads((ROOT / "dashboards/json/pipeline.json").read_text())
    types = [(panel["type"], panel["title"]) for panel in board["panels"]]
    row = board["panels"][types.index(("row", TITLE)) + 1 :]
    shown = [
        panel
        for panel in row
        if any(f"sellerwatch_{kind.metric}_total{{" in t["expr"] for t in panel["targets"])
    ]
    assert {panel["type"] for panel in shown} == {"stat", "timeseries"}
