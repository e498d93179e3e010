"""The JSON of the dashboards matches its source and follows the rules of dashboard-linter.

https://github.com/grafana/dashboard-linter lists the rules; those for Loki do not apply. Left out
on purpose: a variable `instance` on every dashboard (incidents belong to no instance).
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from dashboards.build import FOLDER, render

BOARDS = sorted(FOLDER.glob("*.json"))
VALUES = {
    "$__rate_interval": "1m",
    "$__range": "1h",
    "$job": ".+",
    "$instance": ".+",
    "$tenant": ".*",
    "$data_class": ".*",
    "$principal": ".*",
}
COUNTER = re.compile(r"(\w+\()?\w+_(?:total|bucket|count)\{[^}]*\}(\[[^]]+\])?")


def load(path: Path) -> dict:
    return json.loads(path.read_text())


def filled(expr: str) -> str:
    for name, value in VALUES.items():
        expr = expr.replace(name, value)
    return expr


def panels(board: dict) -> list[dict]:
    """Leave out the rows, which are headings."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def expressions(board: dict) -> list[str]:
    return [target["expr"] for panel in panels(board) for target in panel["targets"]]


boards = pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)


def test_the_files_are_what_the_source_says() -> None:
    assert {path.name: path.read_text() for path in BOARDS} == render(), "run 'make dashboards'"


def test_the_addresses_stay_and_are_those_of_the_alerts(root: Path) -> None:
    assert [load(path)["uid"] for path in BOARDS] == [
        "sellerwatch-pipeline",
        "sellerwatch-principal",
        "sellerwatch-quality",
        "sellerwatch-soc",
    ]
    known = {load(path)["uid"] for path in BOARDS}
    for path in (root / "config/prometheus/rules").glob("*.yaml"):
        for group in yaml.safe_load(path.read_text())["groups"]:
            for rule in (rule for rule in group["rules"] if "alert" in rule):
                url = rule["annotations"]["dashboard_url"].split("}}{{ end }}", 1)[1]
                assert url.split("?")[0] in known, rule["alert"]


@boards
def test_variables_of_source_and_job(path: Path) -> None:
    variables = {v["name"]: v for v in load(path)["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["datasource"]["query"] == "prometheus"
    job = variables["job"]
    assert job["label"] == "Job"
    assert job["multi"] is job["includeAll"] is True
    assert job["allValue"] == ".+"
    for name, variable in variables.items():
        assert variable.get("label") or variable["type"] == "datasource", name
        if variable["type"] == "query":
            assert variable["datasource"]["uid"] == "${datasource}"
            assert variable["refresh"] in {1, 2}, f"{name} must follow what there is"


@boards
def test_a_panel_says_what_it_shows(path: Path) -> None:
    board = load(path)
    for panel in panels(board):
        assert panel["title"], panel
        assert panel["description"].endswith("."), panel["title"]
        assert panel["datasource"]["uid"] == "${datasource}", panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["targets"], panel["title"]
    titles = [panel["title"] for panel in board["panels"]]
    assert len(titles) == len(set(titles))
    assert board["description"]
    assert board["editable"] is False


@boards
def test_panels_do_not_overlap(path: Path) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in load(path)["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])
        }
        assert max(x for x, _ in cells) < 24, panel["title"]
        assert not cells & taken, panel["title"]
        taken |= cells


@boards
def test_expressions_select_the_job_and_rate_their_counters(path: Path) -> None:
    for expr in expressions(load(path)):
        for selector in re.findall(r"sellerwatch_\w+\{[^}]*\}", expr):
            assert 'job=~"$job"' in selector, expr
        for name in re.findall(r"\bsellerwatch_\w+", expr):
            assert f"{name}{{" in expr, f"{name} has no selector: {expr}"
        for counter, span in COUNTER.findall(expr):
            assert counter in {"rate(", "increase("}, expr
            assert span in {"[$__rate_interval]", "[$__range]", "[7d]"}, expr


@boards
def test_alerts_are_annotations_and_dashboards_are_linked(path: Path) -> None:
    board = load(path)
    [alerts] = board["annotations"]["list"]
    assert alerts["expr"].startswith("ALERTS{")
    assert alerts["enable"] is True
    assert board["links"][0]["tags"] == ["sellerwatch"]
    assert board["tags"] == ["sellerwatch"]


def test_incidents_lead_to_their_page_and_runbook() -> None:
    text = (FOLDER / "soc_wall.json").read_text()
    assert "${incidents}${__data.fields.incident_id}" in text
    assert "${runbooks}${__data.fields.kind}" in text


def test_promtool_understands_every_expression(tmp_path: Path) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is missing: apt-get install prometheus")
    every = [filled(expr) for path in BOARDS for expr in expressions(load(path))]
    rules = [{"record": f"d:{number}:d", "expr": expr} for number, expr in enumerate(every)]
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
    done = subprocess.run(
        ["promtool", "check", "rules", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(every) > 50
