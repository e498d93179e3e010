"""docs/alerting.md names every metric and every alert, and none that is not there."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import yaml

from models.incident import Incident
from models.notification import notification_clock
from streams.alert_texts import ALERT_TEXTS
from streams.exporters.worker_metrics import WorkerMetrics

SUFFIXES = {"counter": "_total", "info": "_info"}


def text(root: Path) -> str:
    return (root / "docs/alerting.md").read_text()


def test_every_metric_is_named(root: Path, make_incident: Callable[..., Incident]) -> None:
    metrics = WorkerMetrics(30)
    incident = make_incident()
    clock = notification_clock(incident.opened_at, ("customer",), 3400, None)
    metrics.take_incident(msgspec.structs.replace(incident, notification=clock))
    exported = {
        family.name + SUFFIXES.get(family.type, "")
        for family in metrics.registry.collect()
        if family.name.startswith("sellerwatch_")
    }
    assert set(re.findall(r"`(sellerwatch_\w+)`", text(root))) == exported


def test_every_alert_is_named(root: Path) -> None:
    alerts = set()
    for path in (root / "config/prometheus/rules").glob("*.yaml"):
        for group in yaml.safe_load(path.read_text())["groups"]:
            alerts |= {rule["alert"] for rule in group["rules"] if "alert" in rule}
    named = set(re.findall(r"\b(Seller[A-Z]\w+|Sellerwatch[A-Z]\w+|Watchdog)\b", text(root)))
    assert named == alerts


def test_the_table_of_kinds_is_the_codes(root: Path) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|$", text(root), re.M))
    assert rows == {str(kind): text.name for kind, text in ALERT_TEXTS.items()}
