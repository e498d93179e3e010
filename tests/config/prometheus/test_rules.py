"""Every alert has a case that fires and one that stays silent; promtool checks them."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import yaml

from models.incidents.incident import Incident, IncidentKind
from streams.exporters.alert_message import alert_message
from streams.exporters.incident_collector import IncidentCollector
from streams.exporters.open_incident import OpenIncident
from streams.presentation.alert_texts import ALERT_TEXTS, FLEET_SURGE
from streams.settings.sections import LinkSettings
from streams.web.runbooks import runbook_names

LINKS = (
    'sellerwatch_links_info{runbooks="http://w/runbooks/",incidents="http://w/incidents/",'
    'dashboards="http://g/d/"}'
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = [text.name for text in ALERT_TEXTS.values()]


@dataclass(frozen=True)
class Case:
    """Series, and the summary of the alert at a time; no summary means that it must be silent."""

    alert: str
    series: dict[str, str]
    at: str
    summary: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    figure: str | None = None


HERE = Path(__file__).parent
RULES = sorted((HERE.parents[2] / "config/prometheus/rules").glob("*.yaml"))
PIPELINE = tuple(Case(**case) for case in yaml.safe_load((HERE / "cases.yaml").read_text()))


@pytest.fixture(scope="module")
def rules() -> list[dict]:
    files = [yaml.safe_load(path.read_text()) for path in RULES]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


@pytest.fixture(scope="module")
def alerts(rules: list[dict]) -> dict[str, dict]:
    return {rule["alert"]: rule for rule in rules if "alert" in rule}


def promtool(*arguments: str) -> None:
    if shutil.which("promtool") is None:
        if os.environ.get("SELLERWATCH_REQUIRE_PARTS"):
            pytest.fail("promtool is missing: apt-get install prometheus")
        pytest.skip("promtool is missing: apt-get install prometheus")
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def run_cases(folder: Path, cases: list[dict], names: Sequence[Path] = RULES) -> None:
    for number, case in enumerate(cases):
        case["name"] = f"case {number}"
    tests = {
        "rule_files": [str(name) for name in names],
        "evaluation_interval": "1m",
        "tests": cases,
    }
    path = folder / "cases.yaml"
    path.write_text(yaml.safe_dump(tests, sort_keys=False, width=1000))
    promtool("test", "rules", str(path))


def description(case: Case, rule: dict) -> str:
    """The description, with the figure from the summary or from the case."""
    figure = case.figure
    template = rule["annotations"]["summary"]
    if figure is None and "$value" in template:
        pattern = re.sub(r"\\{\\{.*?\\}\\}", "(.+)", re.escape(template))
        found = re.fullmatch(pattern, case.summary or "")
        assert found is not None, (case.summary, template)
        figure = found[1]
    text = re.sub(r"\{\{ \$value.*?\}\}", figure or "", rule["annotations"]["description"])
    for name, value in case.labels.items():
        text = text.replace(f"{{{{ $labels.{name} }}}}", value)
    return text


def pipeline_case(case: Case, rule: dict) -> dict:
    series = {LINKS: "1x2000", **case.series}
    expected = []
    if case.summary is not None:
        place = str(rule["annotations"]["dashboard_url"]).rsplit("}}", 1)[1]
        book = str(rule["annotations"]["runbook_url"]).rsplit("}}", 1)[1]
        expected.append(
            {
                "exp_labels": {**rule["labels"], **case.labels},
                "exp_annotations": {
                    "summary": case.summary,
                    "description": description(case, rule),
                    "action": rule["annotations"]["action"],
                    "dashboard_url": f"http://g/d/{place}",
                    "runbook_url": f"http://w/runbooks/{book}",
                },
            }
        )
    return {
        "interval": "1m",
        "input_series": [{"series": n, "values": v} for n, v in series.items()],
        "alert_rule_test": [
            {"eval_time": case.at, "alertname": case.alert, "exp_alerts": expected}
        ],
    }


def test_the_files_are_rules(root: Path) -> None:
    promtool("check", "rules", *map(str, (root / "config/prometheus/rules").glob("*.yaml")))


def test_prometheus_reads_its_configuration(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "config/prometheus", tmp_path / "p")
    config = tmp_path / "p/prometheus.yml"
    config.write_text(config.read_text().replace("/etc/prometheus", str(tmp_path / "p")))
    promtool("check", "config", str(config))


@pytest.mark.parametrize("kind", list(ALERT_TEXTS))
def test_each_kind_of_incident_fires_its_alert_and_no_other(
    kind: str,
    make_incident: Callable[..., Incident],
    fleet_incident: Incident,
    tmp_path: Path,
) -> None:
    incident = fleet_incident
    if kind != FLEET_SURGE:
        incident = make_incident(kinds=(IncidentKind(kind),), page_kind=IncidentKind(kind))
    check_alert(incident, tmp_path)


@pytest.mark.parametrize(
    "exposure",
    [
        {"records": None, "distinct_subjects": None},
        {"records": None, "distinct_subjects": 439},
        {"records": 3400, "distinct_subjects": 2100},
    ],
    ids=["nothing counted", "subjects alone", "both"],
)
def test_how_much_says_what_the_log_counted(
    make_incident: Callable[..., Incident], exposure: dict, tmp_path: Path
) -> None:
    incident = make_incident(notification=None, credential_ids=())
    counted = msgspec.structs.replace(incident.exposure, **exposure)
    check_alert(msgspec.structs.replace(incident, exposure=counted), tmp_path)


def exported(incident: Incident, instance: str) -> dict[str, str]:
    """The series that a worker exports for an incident, over five minutes."""
    collector = IncidentCollector(top=5, kinds={"app-1": "bi_export"})
    collector.update(incident)
    return {
        f"{sample.name}{{{labels(sample.labels | {'instance': instance})}}}": (
            f"{sample.value:.0f}x5 _x20"
        )
        for metric in collector.collect()
        for sample in metric.samples
        if "incident_id" in sample.labels
    }


def labels(values: dict[str, str]) -> str:
    return ",".join(
        f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in values.items()
    )


def check_alert(incident: Incident, tmp_path: Path) -> None:
    """Prometheus sends the same texts as the fast path, and nothing else fires."""
    shown = OpenIncident.of(incident, 0.0, "bi_export")
    links = LinkSettings(web_base_url="http://w", dashboard_base_url="http://g")
    annotations = alert_message(shown, links, {}, NOW, timedelta(minutes=5))["annotations"]
    # Two workers show the same incident.
    series = {LINKS: "1x20", **exported(incident, "a:1"), **exported(incident, "b:1")}
    alert_labels = {k: v for k, v in shown.alert.items() if k != "alertname"}
    fires = [{"exp_labels": alert_labels, "exp_annotations": annotations}]
    checks = [
        # After the series ends, the lookback holds it for five minutes and
        # keep_firing_for for two.
        {"eval_time": at, "alertname": name, "exp_alerts": fires if fire else []}
        for at, fire in (("4m", True), ("14m", False))
        for name in NAMES
        if fire is False or name == shown.alert["alertname"]
    ] + [
        {"eval_time": "4m", "alertname": name, "exp_alerts": []}
        for name in NAMES
        if name != shown.alert["alertname"]
    ]
    values = [{"series": name, "values": value} for name, value in series.items()]
    run_cases(tmp_path, [{"interval": "1m", "input_series": values, "alert_rule_test": checks}])


def test_an_incident_that_pages_nobody_is_silent(tmp_path: Path) -> None:
    labels = 'incident_id="i-1",tenant="A1",principal="app-1",kind="bulk_read"'
    series = {
        f"sellerwatch_incident_page{{{labels}}}": "0x10",
        'sellerwatch_incident_records{incident_id="i-1"}': "50x10",
    }
    values = [{"series": name, "values": value} for name, value in series.items()]
    checks = [{"eval_time": "5m", "alertname": name, "exp_alerts": []} for name in NAMES]
    run_cases(tmp_path, [{"interval": "1m", "input_series": values, "alert_rule_test": checks}])


@pytest.mark.parametrize("alert", sorted({case.alert for case in PIPELINE}))
def test_the_pipelines_alerts_fire_and_are_silent(
    alert: str, alerts: dict[str, dict], tmp_path: Path
) -> None:
    cases = [pipeline_case(case, alerts[alert]) for case in PIPELINE if case.alert == alert]
    run_cases(tmp_path, cases, [alone(alert, tmp_path)])


def alone(alert: str, folder: Path) -> Path:
    """The shipped rules without the other alerts: promtool computes all for each minute of days."""
    rules = yaml.safe_load((HERE.parents[2] / "config/prometheus/rules/pipeline.yaml").read_text())
    for group in rules["groups"]:
        group["rules"] = [rule for rule in group["rules"] if rule.get("alert", alert) == alert]
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump(rules, sort_keys=False, width=1000))
    return path


def test_every_alert_has_both_cases(alerts: dict[str, dict]) -> None:
    by_kind = set(NAMES)
    firing = {case.alert for case in PIPELINE if case.summary is not None} | by_kind
    silent = {case.alert for case in PIPELINE if case.summary is None} | by_kind
    assert firing == set(alerts)
    # It always fires; that is its purpose.
    assert silent | {"Watchdog"} == set(alerts)


def test_every_kind_of_incident_has_an_alert(alerts: dict[str, dict]) -> None:
    assert set(ALERT_TEXTS) == {*IncidentKind, FLEET_SURGE}
    for kind, text in ALERT_TEXTS.items():
        assert f'kind="{kind}"' in alerts[text.name]["expr"]
        assert str(alerts[text.name]["annotations"]["runbook_url"]).endswith(f"}}}}{kind}")


def test_every_alert_says_what_a_person_needs(alerts: dict[str, dict]) -> None:
    for name, rule in alerts.items():
        assert rule["labels"]["severity"] in {"critical", "warning", "info", "none"}, name
        assert {"summary", "description", "action", "runbook_url", "dashboard_url"} <= set(
            rule["annotations"]
        )
        assert "keep_firing_for" in rule, name
        runbook = str(rule["annotations"]["runbook_url"]).rsplit("}}", 1)[1]
        assert runbook in runbook_names(), f"{name}: write docs/runbooks/{runbook}.md"


def test_no_alert_carries_an_instance(rules: list[dict]) -> None:
    for rule in rules:
        assert "by (instance" not in rule["expr"]
        assert "instance" not in rule.get("labels", {})
