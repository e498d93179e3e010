"""Judges Alertmanager: whether alerts reach it, and whom its settings would tell."""

from collections.abc import Iterator
from typing import Any, Final

import yaml

from models.errors import ServiceError
from streams.doctor.check import Check, State
from streams.doctor.http_server import HttpServer
from streams.doctor.prometheus_checks import clock_check

_AREA: Final = "alertmanager"
_EXAMPLES: Final = ("smtp.example.com", "@example.com", "A1EXAMPLETENANT")
_INTEGRATION: Final = "_configs"
# A mail or a note in a channel wakes nobody.
_QUIET: Final = frozenset({"email", "slack", "msteams", "discord", "webex"})


def check_alertmanager(server: HttpServer, now_seconds: float) -> Iterator[Check]:
    """Judge an Alertmanager, without a page."""
    try:
        receivers = receiver_integrations(server)
        watchdogs = server.json("/api/v2/alerts", {"filter": 'alertname="Watchdog"'})
        text = _configuration(server)
        yield Check(_AREA, State.OK, f"{server} runs, with {len(receivers)} receivers")
        yield _watchdog(watchdogs)
        yield from _receivers(receivers, text)
        yield clock_check(server, now_seconds)
    except ServiceError as error:
        told, _, cure = str(error).rpartition(": ")
        yield Check(_AREA, State.BROKEN, told, (cure,))
    except (KeyError, TypeError, AttributeError, yaml.YAMLError):
        told = f"{server}: its answers are not Alertmanager's"
        yield Check(_AREA, State.BROKEN, told, ("--alertmanager http://HOST:9093",))


def receiver_integrations(server: HttpServer) -> dict[str, tuple[str, ...]]:
    """Return the kinds of integrations of each receiver, such as ``pagerduty``."""
    config = yaml.safe_load(_configuration(server))
    return {
        one["name"]: tuple(
            sorted(key.removesuffix(_INTEGRATION) for key in one if key.endswith(_INTEGRATION))
        )
        for one in config["receivers"]
    }


def _configuration(server: HttpServer) -> str:
    answer: Any = server.json("/api/v2/status")
    return str(answer["config"]["original"])


def _watchdog(found: list[object]) -> Check:
    if found:
        return Check("alerts", State.OK, "the Watchdog came all the way from Prometheus")
    told = "it has no Watchdog: alerts do not get from Prometheus to it"
    return Check("alerts", State.BROKEN, told, ("docs/runbooks/watchdog.md",))


def _receivers(receivers: dict[str, tuple[str, ...]], text: str) -> Iterator[Check]:
    kinds = {kind for found in receivers.values() for kind in found}
    if not kinds - _QUIET:
        told = f"no receiver wakes anybody: there is only {', '.join(sorted(kinds)) or 'nothing'}"
        cure = "pagerduty_configs or webhook_configs, as in config/alertmanager/alertmanager.yml"
        yield Check("pager", State.BROKEN, told, (cure,))
    examples = [one for one in _EXAMPLES if one in text]
    if examples:
        told = f"its settings still name what the shipped file has as examples: {examples[0]}"
        yield Check("pager", State.ADVICE, told, ("put in your own, or remove the receiver",))
