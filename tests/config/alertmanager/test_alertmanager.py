"""Who is notified of what, as amtool routes it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

PAGE = ("severity=critical", "incident_id=i-1", "tenant=A1", "alertname=SellerCanaryRead")


@pytest.fixture(scope="module")
def config() -> dict:
    path = Path(__file__).parents[3] / "config/alertmanager/alertmanager.yml"
    return yaml.safe_load(path.read_text())


@pytest.fixture
def readable(root: Path, tmp_path: Path) -> Path:
    """The shipped file without url_file, which Debian's Alertmanager 0.25 does not support."""
    folder = root / "config/alertmanager"
    text = (folder / "alertmanager.yml").read_text().replace("/etc/alertmanager", str(folder))
    path = tmp_path / "alertmanager.yml"
    path.write_text(re.sub(r" url_file: .*", " url: http://127.0.0.1/", text))
    return path


def amtool(*arguments: str) -> str:
    if shutil.which("amtool") is None:
        if os.environ.get("SELLERWATCH_REQUIRE_PARTS"):
            pytest.fail("amtool is missing: apt-get install prometheus-alertmanager")
        pytest.skip("amtool is missing: apt-get install prometheus-alertmanager")
    done = subprocess.run(["amtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_file_is_right_and_so_are_its_templates(readable: Path) -> None:
    said = amtool("check-config", str(readable))
    assert "5 receivers" in said
    assert "1 templates" in said


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (PAGE, "pager"),
        (("severity=critical", "incident_id=i-1", "tenant=A1EXAMPLETENANT"), "example-tenant"),
        (("severity=critical", "alertname=SellerwatchWorkerAbsent"), "pager"),
        (("severity=warning", "tenant=A1EXAMPLETENANT"), "team"),
        (("severity=warning", "alertname=SellerwatchDeadLetters"), "team"),
        (("severity=info", "alertname=SellerwatchTicketsOpen"), "notes"),
        (("severity=none", "alertname=Watchdog"), "deadman"),
        (("severity=unheard-of",), "team"),
    ],
)
def test_each_alert_goes_to_its_receiver(
    readable: Path, labels: tuple[str, ...], receiver: str
) -> None:
    said = amtool("config", "routes", "test", "--config.file", str(readable), *labels)
    assert said.split() == [receiver]


def test_every_alert_of_the_rules_reaches_a_receiver_of_its_severity(
    root: Path, readable: Path
) -> None:
    expected = {"critical": "pager", "warning": "team", "info": "notes", "none": "deadman"}
    for path in (root / "config/prometheus/rules").glob("*.yaml"):
        for group in yaml.safe_load(path.read_text())["groups"]:
            for rule in (rule for rule in group["rules"] if "alert" in rule):
                severity = rule["labels"]["severity"]
                labels = (f"alertname={rule['alert']}", f"severity={severity}")
                said = amtool("config", "routes", "test", "--config.file", str(readable), *labels)
                assert said.split() == [expected[severity]], rule["alert"]


def test_two_incidents_of_a_tenant_are_two_pages(config: dict) -> None:
    page = next(r for r in config["route"]["routes"] if 'incident_id!=""' in r["matchers"])
    assert page["group_by"] == ["detector", "tenant", "incident_id"]
    assert page["group_wait"] == "0s"


def test_secrets_are_files_that_compose_mounts(config: dict, root: Path) -> None:
    text = (root / "config/alertmanager/alertmanager.yml").read_text()
    files = set(re.findall(r"_file: (\S+)", text))
    services = yaml.safe_load((root / "docker-compose.yml").read_text())["services"]
    mounted = {f"/run/secrets/{name}" for name in services["alertmanager"]["secrets"]}
    assert files == mounted
    assert not re.search(r"(key|url|password|token): \S*(http|[0-9a-f]{16})", text)


def test_every_kind_of_receiver_is_there(config: dict) -> None:
    pager = next(r for r in config["receivers"] if r["name"] == "pager")
    team = next(r for r in config["receivers"] if r["name"] == "team")
    assert {"pagerduty_configs", "slack_configs", "webhook_configs", "email_configs"} <= set(pager)
    assert "email_configs" in team


def test_inhibitions_name_alerts_that_exist(config: dict, root: Path) -> None:
    rules = "".join(p.read_text() for p in (root / "config/prometheus/rules").glob("*.yaml"))
    names = set(re.findall(r"alert: (\w+)", rules))
    for rule in config["inhibit_rules"]:
        for matcher in rule["source_matchers"] + rule["target_matchers"]:
            if matcher.startswith("alertname"):
                pattern = matcher.split('"')[1]
                for part in pattern.split("|"):
                    assert any(re.fullmatch(part, name) for name in names), part


def test_messages_hold_what_a_person_needs(root: Path) -> None:
    text = (root / "config/alertmanager/templates/sellerwatch.tmpl").read_text()
    for needed in ("Who:", "What:", "How much:", "Why:", "Since:", "Notify the marketplace by:"):
        assert needed in text
    rules = (root / "config/prometheus/rules/detection.yaml").read_text()
    for name in re.findall(r"\.Annotations\.(\w+)", text):
        assert re.search(rf"^ +{name}:", rules, re.M), name
