"""Every metric of a worker is told of in the runbooks, and none that is gone."""

import re

import pytest

from streams.exporters.worker_metrics import WorkerMetrics
from streams.resources import runbook_directory


def exported() -> set[str]:
    endings = {"counter": "_total", "info": "_info"}
    return {
        family.name + endings.get(family.type, "")
        for family in WorkerMetrics(top_incidents=5).registry.collect()
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


def test_no_line_is_of_a_metric_that_is_gone() -> None:
    assert told().keys() == exported()
