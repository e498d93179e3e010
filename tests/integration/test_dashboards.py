"""Every expression of every dashboard returns data after a worker scored a simulated day."""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from alerting import Receivers, alerting_servers
from real_parts import free_port, has, missing, wait_for
from test_page_arrives import day_with_an_attack, ingest, line, run, running, write_settings

from streams.demo.embedded_broker import EmbeddedBroker

FLAG = "--embedded-broker"
VALUES = {
    "$__rate_interval": "20s",
    "$__range": "2m",
    "$job": ".+",
    "$instance": ".+",
    "$tenant": "A1SELLER",
    "$data_class": ".*",
    "$principal": "app-payments",
}


def ask(url: str, path: str, **parameters: str) -> list:
    query = urllib.parse.urlencode(parameters)
    with urllib.request.urlopen(f"{url}/api/v1/{path}?{query}", timeout=10) as answer:
        return json.load(answer)["data"]


def filled(text: str) -> str:
    for name, value in VALUES.items():
        text = text.replace(name, value)
    return text


def boards(root: Path) -> dict[str, dict]:
    return {p.stem: json.loads(p.read_text()) for p in (root / "dashboards/json").glob("*.json")}


def test_every_expression_returns_data(
    root: Path, tmp_path: Path, say: Callable[[str], None]
) -> None:
    if not has("prometheus", "prometheus-alertmanager"):
        missing("Prometheus", "apt-get install prometheus prometheus-alertmanager")
    port = free_port()
    with (
        EmbeddedBroker(tmp_path / "broker.log") as broker,
        Receivers() as receivers,
        alerting_servers(root, tmp_path, [port], receivers) as servers,
    ):
        config = write_settings(tmp_path, broker.address, port)
        with running(config, tmp_path, FLAG):
            build = "sellerwatch_build_info"
            wait_for(
                "the first scrape",
                lambda: ask(servers.prometheus_url, "query", query=build)["result"] != [],
            )
            # Two scrapes before the day, so that increase() shows it.
            time.sleep(3)
            later = "".join(line(25, n) for n in range(3))
            # Nobody has classified this path.
            unknown = line(25, 9, path="/internal/dump")
            day = day_with_an_attack() + later + unknown
            ingest(config, tmp_path / "day.ndjson", day, FLAG)
            wait_for("the page", lambda: receivers.alerts("firing") != [])
            incident_id = receivers.alerts("firing")[0]["labels"]["incident_id"]
            run("verdict", incident_id, "malicious", "--config", str(config), FLAG)
            told = 'sellerwatch_verdicts_total{verdict="malicious"} == 1'
            wait_for(
                "the verdict's count",
                lambda: ask(servers.prometheus_url, "query", query=told)["result"] != [],
            )
            time.sleep(4)
            check(root, servers.prometheus_url, say)


def check(root: Path, url: str, say: Callable[[str], None]) -> None:
    empty, count = [], 0
    for name, board in boards(root).items():
        for panel in board["panels"]:
            for target in panel.get("targets", ()):
                count += 1
                found = ask(url, "query", query=filled(target["expr"]))["result"]
                if not [s for s in found if s["value"][1] != "NaN"]:
                    empty.append(f"{name}: {panel['title']}: {target['expr']}")
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                *series, label = (
                    variable["query"].removeprefix("label_values(")[:-1].rsplit(", ", 1)
                )
                selected = {"match[]": filled(series[0])} if series else {}
                assert ask(url, f"label/{label}/values", **selected), variable["name"]
        annotation = board["annotations"]["list"][0]
        assert ask(url, "query", query=annotation["expr"])["result"]
    say(f"{count} expressions, {len(empty)} without data")
    assert empty == []
