"""Prometheus and Alertmanager go down, a worker dies, and every page still arrives once."""

from pathlib import Path

import yaml
from alerting import Receivers, alerting_servers
from live import Deployment, feed, workers
from real_parts import has, missing, wait_for

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass

DECLARED = {"kind": "payment_processor", "allowed_data_classes": ["payment"]}


def violation(principal: str, number: int) -> AccessEvent:
    return AccessEvent(
        event_id=f"{principal}-{number}",
        time=1_767_225_600.0 + number,
        tenant="A1SELLER",
        principal=principal,
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
        data_classes=(DataClass.CUSTOMER,),
        records=100,
        source_ip="192.0.2.10",
    )


def principals(receivers: Receivers, status: str) -> set[str]:
    return {alert["labels"].get("principal", "") for alert in receivers.alerts(status)} - {""}


def test_pages_outlive_an_outage(kafka: str, root: Path, tmp_path: Path) -> None:
    if not has("prometheus", "prometheus-alertmanager"):
        missing("Prometheus", "apt-get install prometheus prometheus-alertmanager")
    declared = tmp_path / "principals.yaml"
    declared.write_text(yaml.safe_dump({"principals": {f"app-{n}": DECLARED for n in (1, 2)}}))
    with Receivers() as receivers:
        deployment = Deployment.create([kafka], tmp_path, "outage")
        deployment.values["principals_file"] = str(declared)
        # Silence must not close an incident here.
        deployment.values["worker"]["idle_advance_seconds"] = 600.0
        deployment.config().unlink()
        metrics_port = deployment.settings().worker.metrics_port
        with workers(deployment, 1) as (worker,):
            with alerting_servers(root, tmp_path, [metrics_port], receivers):
                feed(deployment, [violation("app-1", n) for n in range(5)])
                wait_for("the first page", lambda: principals(receivers, "firing") == {"app-1"})
            feed(deployment, [violation("app-2", n) for n in range(5)])
            wait_for("a checkpoint", deployment.is_done)
            worker.kill()
            worker.start().wait_until_ready()
            with alerting_servers(root, tmp_path, [metrics_port], receivers):
                wait_for("the second page", lambda: "app-2" in principals(receivers, "firing"))
            pages = {
                key: {state.paged_at for state in states}
                for key, states in deployment.incidents().items()
            }
    assert len(pages) == 2
    assert all(len(times) == 1 for times in pages.values())
    assert principals(receivers, "resolved") == set()
