"""Judges Prometheus: its rules, whom it scrapes, and whether it reaches Alertmanager."""

from collections.abc import Iterator
from typing import Any, Final

from models.errors import ServiceError
from streams.doctor.check import Check, State
from streams.doctor.http_server import HttpServer
from streams.settings.shipped_files import config_directory
from streams.settings.yaml_file import read_yaml

_AREA: Final = "prometheus"
_AHEAD_SECONDS: Final = 5.0
_RULES_CURE: Final = (
    "rule_files: [/etc/prometheus/rules/*.yaml]  # a copy of config/prometheus/rules"
)
_TARGET_CURE: Final = "scrape_configs in config/prometheus/prometheus.yml; see docs/alerting.md"


def check_prometheus(server: HttpServer, now_seconds: float) -> Iterator[Check]:
    """Judge a Prometheus server."""
    try:
        rules = _alert_rules(server)
        targets = server.json("/api/v1/targets", {"state": "active"})["data"]["activeTargets"]
        pagers = alertmanager_urls(server)
        yield from _rules(rules)
        yield from _targets(targets)
        yield _pagers(pagers)
        yield clock_check(server, now_seconds)
    except ServiceError as error:
        told, _, cure = str(error).rpartition(": ")
        yield Check(_AREA, State.BROKEN, told, (cure,))
    except (KeyError, TypeError, AttributeError):
        told = f"{server}: its answers are not Prometheus's"
        yield Check(_AREA, State.BROKEN, told, ("--prometheus http://HOST:9090",))


def alertmanager_urls(server: HttpServer) -> list[str]:
    """Return the addresses of the Alertmanagers that Prometheus sends to."""
    found = server.json("/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
    return [str(one["url"]).partition("/api/")[0] for one in found]


def clock_check(server: HttpServer, now_seconds: float) -> Check:
    """Compare a server's clock, as it stands in its answers, with this machine's."""
    said = server.said_seconds
    if said is None:
        return Check("clock", State.UNCHECKED, f"{server} does not say what time it is")
    if abs(said - now_seconds) > _AHEAD_SECONDS:
        told = f"the clock of {server} differs by {abs(said - now_seconds):,.0f} s"
        return Check("clock", State.BROKEN, told, ("timedatectl set-ntp true  # on both",))
    return Check("clock", State.OK, f"the clock of {server} is right within {_AHEAD_SECONDS:.0f} s")


def _alert_rules(server: HttpServer) -> dict[str, dict[str, Any]]:
    groups = server.json("/api/v1/rules", {"type": "alert"})["data"]["groups"]
    return {rule["name"]: rule for group in groups for rule in group["rules"]}


def _shipped() -> set[str]:
    """Name the alerts that sellerwatch ships."""
    folder = config_directory() / "prometheus" / "rules"
    return {
        rule["alert"]
        for path in sorted(folder.glob("*.yaml"))
        for group in read_yaml(path)["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }


def _rules(loaded: dict[str, dict[str, Any]]) -> Iterator[Check]:
    missing = sorted(_shipped() - set(loaded))
    if missing:
        told = f"{len(missing)} alerts of sellerwatch are not loaded, such as {missing[0]}"
        yield Check("alerts", State.BROKEN, told, (_RULES_CURE, "curl -X POST HOST:9090/-/reload"))
        return
    failing = sorted(name for name, rule in loaded.items() if rule.get("health") == "err")
    if failing:
        told = f"{len(failing)} rules cannot be evaluated, such as {failing[0]}"
        yield Check("alerts", State.BROKEN, told, ("promtool check rules RULES.yaml",))
    else:
        yield Check("alerts", State.OK, f"all {len(_shipped())} alerts are loaded")
    if loaded.get("Watchdog", {}).get("state") != "firing":
        told = (
            "the Watchdog does not fire: a dead man's switch would not notice a silent Prometheus"
        )
        yield Check("alerts", State.BROKEN, told, ("docs/runbooks/watchdog.md",))


def _targets(targets: list[dict[str, Any]]) -> Iterator[Check]:
    workers = [one for one in targets if one["labels"].get("job") == "sellerwatch"]
    down = [one for one in workers if one.get("health") != "up"]
    if not workers:
        told = "it scrapes no worker: no incident becomes an alert"
        yield Check(_AREA, State.BROKEN, told, (_TARGET_CURE,))
    for one in down:
        told = (
            f"the worker {one['labels'].get('instance')} cannot be scraped: {one.get('lastError')}"
        )
        yield Check(_AREA, State.BROKEN, told, ("sellerwatch worker", _TARGET_CURE))
    if workers and not down:
        yield Check(_AREA, State.OK, f"it scrapes {len(workers)} workers")


def _pagers(urls: list[str]) -> Check:
    if urls:
        return Check(_AREA, State.OK, f"it sends alerts to {len(urls)} Alertmanagers")
    told = "it knows no Alertmanager: alerts reach nobody"
    return Check(_AREA, State.BROKEN, told, ("alerting: in config/prometheus/prometheus.yml",))
