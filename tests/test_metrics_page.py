"""The metrics page lists every metric of a worker, and none that no longer exists."""

import re
from collections.abc import Callable

import msgspec
import pytest

from models.incidents.incident import Incident
from models.incidents.notification import notification_clock
from streams.exporters.worker_metrics import WorkerMetrics
from streams.settings.shipped_files import runbook_directory


def exported(metrics: WorkerMetrics | None = None) -> set[str]:
    if metrics is None:
        metrics = WorkerMetrics(top_incidents=5)
    endings = {"counter": "_total", "info": "_info"}
    return {
        family.name + endings.get(family.type, "")
        for family in metrics.registry.collect()
        if family.name.startswith("sellerwatch_")
    }


def told() -> dict[str, tuple[str, str]]:
    page = (runbook_directory() / "metrics.md").read_text()
    rows = re.findall(r"^\| `(sellerwatch_\w+)` \| (.+) \| (.+) \|$", page, re.M)
    return {name: (meaning, cure) for name, meaning, cure in rows}


@pytest.mark.parametrize("name", sorted(exported()))
def test_a_metric_has_a_line_with_its_meaning_and_what_to_do(name: str) -> None:
    meaning, cure = told()[name]
    assert len(meaning) > 1
    assert len(cure) > 3


def test_with_an_open_incident_all_are_told_and_none_that_is_gone(
    make_incident: Callable[..., Incident],
) -> None:
    metrics, incident = WorkerMetrics(top_incidents=5), make_incident()
    clock = notification_clock(incident.opened_at, ("customer",), 3400, None)
    metrics.take_incident(msgspec.structs.replace(incident, notification=clock))
    assert exported(metrics) == told().keys()
