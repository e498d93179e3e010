"""Asks an Alertmanager with the shipped file which alerts it inhibits."""

import json
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from alerting import Receivers, alertmanager, write_alertmanager
from real_parts import has, missing, wait_for

CONFIG = Path(__file__).parents[2] / "config/alertmanager/alertmanager.yml"
Labels = dict[str, str]


def pipeline(name: str, severity: str = "warning", **labels: str) -> Labels:
    return {"alertname": name, "severity": severity, "detector": "sellerwatch"} | labels


def of_principal(severity: str, **labels: str) -> Labels:
    own = {"tenant": "A1", "principal": "app-1", "alertname": f"Seller{severity}"}
    return {"severity": severity, "detector": "sellerwatch"} | own | labels


@dataclass(frozen=True)
class Case:
    """A firing alert, the alerts it must inhibit, and those it must not."""

    source: Labels
    held: Sequence[Labels]
    free: Sequence[Labels]


ABSENT = pipeline("SellerwatchWorkerAbsent", "critical")
DOWN = pipeline("SellerwatchWorkerDown", "critical")
FAST = pipeline("SellerwatchLatencyBudgetBurnFast", "critical")
SURGE = pipeline("SellerFleetSurge", "critical", principal="fleet", tenant="A1")
# One for each rule of the file, in order.
CASES = (
    Case(
        ABSENT,
        [
            DOWN,
            pipeline("SellerwatchLagHigh"),
            pipeline("SellerwatchCheckpointStale"),
            pipeline("SellerwatchSourceSilent"),
            FAST,
            pipeline("SellerwatchLatencyBudgetBurnSlow"),
        ],
        [
            pipeline("SellerwatchNotificationsFailing", "critical"),
            pipeline("SellerwatchLagHigh") | {"detector": "another"},
        ],
    ),
    Case(
        DOWN,
        [
            pipeline("SellerwatchLagHigh"),
            pipeline("SellerwatchCheckpointStale"),
            pipeline("SellerwatchLatencyBudgetBurnSlow"),
        ],
        [pipeline("SellerwatchSourceSilent"), FAST],
    ),
    Case(
        FAST,
        [pipeline("SellerwatchLatencyBudgetBurnSlow"), pipeline("SellerwatchLagHigh")],
        [pipeline("SellerwatchCheckpointStale"), pipeline("SellerwatchDeadLetters")],
    ),
    Case(
        SURGE,
        [pipeline("SellerFleetVolumeHigh")],
        [pipeline("SellerFleetVolumeHigh") | {"detector": "another"}, of_principal("critical")],
    ),
    Case(
        of_principal("critical"),
        [of_principal("warning"), of_principal("info")],
        [
            of_principal("warning", tenant="A2"),
            of_principal("warning", principal="app-2"),
            # Without a principal: pipeline alerts come through during any incident.
            pipeline("SellerwatchDeadLetters"),
        ],
    ),
)


def get(url: str) -> list[dict]:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)


def post(url: str, alerts: Sequence[Labels]) -> None:
    body = json.dumps([{"labels": labels} for labels in alerts]).encode()
    request = urllib.request.Request(
        f"{url}/api/v2/alerts", body, {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=5).close()


@pytest.fixture
def servers(root: Path, tmp_path: Path) -> Iterator[tuple[str, Receivers]]:
    if not has("prometheus-alertmanager"):
        missing("Alertmanager", "apt-get install prometheus-alertmanager")
    with (
        Receivers() as receivers,
        alertmanager(write_alertmanager(root, tmp_path, receivers), tmp_path) as url,
    ):
        yield url, receivers


def slack_texts(receivers: Receivers) -> str:
    return json.dumps(receivers.bodies("/slack"))


def test_there_is_a_case_for_each_rule() -> None:
    rules = yaml.safe_load(CONFIG.read_text())["inhibit_rules"]
    assert len(rules) == len(CASES)
    for rule, case in zip(rules, CASES, strict=True):
        own = [m for m in rule["source_matchers"] if m.startswith("alertname=")]
        assert not own or own == [f'alertname="{case.source["alertname"]}"']


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.source["alertname"])
def test_what_follows_from_an_alert_is_held_back_and_nothing_else(
    servers: tuple[str, Receivers], case: Case
) -> None:
    url, receivers = servers
    post(url, [case.source])
    # The source alert must arrive before the alerts that it inhibits.
    wait_for("the source", lambda: len(get(f"{url}/api/v2/alerts")) == 1, seconds=20)
    wait_for("its message", lambda: bool(receivers.posts), seconds=20)
    post(url, [*case.held, *case.free])

    def told(labels: Labels) -> bool:
        return any(
            labels.items() <= alert["labels"].items() and alert["status"]["state"] == "active"
            for alert in get(f"{url}/api/v2/alerts")
        )

    def held(labels: Labels) -> bool:
        found = get(f"{url}/api/v2/alerts?active=false&silenced=false&inhibited=true")
        return any(
            labels.items() <= alert["labels"].items() and alert["status"]["inhibitedBy"]
            for alert in found
        )

    wait_for("what is held back", lambda: all(map(held, case.held)), seconds=20)
    wait_for("what comes through", lambda: all(map(told, case.free)), seconds=20)
    assert not any(map(held, [case.source, *case.free]))


def test_a_critical_alert_leaves_no_message_of_the_warning_that_follows_from_it(
    servers: tuple[str, Receivers],
) -> None:
    url, receivers = servers
    post(url, [ABSENT])
    wait_for(
        "the page",
        lambda: "SellerwatchWorkerAbsent" in slack_texts(receivers),
        seconds=20,
    )
    post(url, [pipeline("SellerwatchLagHigh"), pipeline("SellerwatchDeadLetters")])
    wait_for(
        "the other warning",
        lambda: "SellerwatchDeadLetters" in slack_texts(receivers),
        seconds=20,
    )
    # Both wait for the same second, so an alert that is not inhibited would be here by now.
    time.sleep(2)
    assert "SellerwatchLagHigh" not in slack_texts(receivers)
