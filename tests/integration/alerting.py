"""Prometheus and Alertmanager with the shipped files, and receivers that record everything.

Addresses, secrets and times differ from the shipped configuration: intervals and holds are 5 to 20
times shorter, so that tests need not wait.
"""

import json
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml
from mail_server import MailBox
from real_parts import free_port, listens, process, wait_for

SPEED = (
    (r"keep_firing_for: \d+[mh]", "keep_firing_for: 4s"),
    (r"for: 10s", "for: 2s"),
    (r"group_interval: \w+", "group_interval: 1s"),
    (r"group_wait: [1-9]\w*", "group_wait: 1s"),
)


class Receivers:
    """PagerDuty, Slack, webhooks and a dead man's switch on one loopback port."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict]] = []
        posts = self.posts

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                posts.append((self.path, json.loads(body)))
                answer = b'{"status":"success"}' if self.path == "/pagerduty" else b"ok"
                self.send_response(202 if self.path == "/pagerduty" else 200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def bodies(self, path: str) -> list[dict]:
        return [body for came, body in list(self.posts) if came == path]

    def alerts(self, status: str) -> list[dict]:
        """The incident alerts that the webhook got with a status."""
        alerts = [alert for body in self.bodies("/webhook") for alert in body["alerts"]]
        return [a for a in alerts if a["status"] == status and "incident_id" in a["labels"]]

    def pager(self, action: str) -> list[dict]:
        """Events that PagerDuty got: ``trigger`` or ``resolve``."""
        return [body for body in self.bodies("/pagerduty") if body["event_action"] == action]

    def __enter__(self) -> "Receivers":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@dataclass(frozen=True)
class Servers:
    prometheus_url: str
    alertmanager_url: str


def faster(text: str) -> str:
    for pattern, value in SPEED:
        text = re.sub(pattern, value, text)
    return text


def write_alertmanager(
    root: Path, folder: Path, receivers: Receivers, mail: MailBox | None = None
) -> Path:
    shipped = root / "config/alertmanager"
    secrets = folder / "secrets"
    secrets.mkdir(exist_ok=True)
    (secrets / "pagerduty_routing_key").write_text("0" * 32)
    (secrets / "slack_url").write_text(f"{receivers.url}/slack")
    (secrets / "mail_password").write_text(mail.password if mail else "secret")
    text = faster((shipped / "alertmanager.yml").read_text())
    text = text.replace("/etc/alertmanager", str(shipped)).replace("/run/secrets", str(secrets))
    # Debian's Alertmanager 0.25 does not support url_file of a webhook.
    for name, path in (("webhook_url", "webhook"), ("deadman_url", "deadman")):
        text = text.replace(f"url_file: {secrets}/{name}", f"url: {receivers.url}/{path}")
    config = yaml.safe_load(text)
    config["global"]["pagerduty_url"] = f"{receivers.url}/pagerduty"
    for receiver in config["receivers"]:
        # Nothing may leave the machine.
        mails = receiver.pop("email_configs", [])
        if mail is not None:
            trust = {"tls_config": {"ca_file": str(mail.authority)}}
            receiver["email_configs"] = [settings | trust for settings in mails]
    if mail is not None:
        config["global"]["smtp_smarthost"] = f"127.0.0.1:{mail.port}"
        config["global"]["smtp_hello"] = "localhost"
    path = folder / "alertmanager.yml"
    path.write_text(yaml.safe_dump(config))
    return path


def write_prometheus(
    root: Path, folder: Path, targets: Sequence[int], pager: str, own: str
) -> Path:
    rules = folder / "rules"
    rules.mkdir(exist_ok=True)
    for path in (root / "config/prometheus/rules").glob("*.yaml"):
        (rules / path.name).write_text(faster(path.read_text()))
    config = yaml.safe_load((root / "config/prometheus/prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [f"{rules}/*.yaml"]
    config["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [pager]}]}]
    workers = [f"127.0.0.1:{port}" for port in targets]
    for job in config["scrape_configs"]:
        where = {"sellerwatch": workers, "prometheus": [own], "alertmanager": [pager]}
        job.pop("dns_sd_configs", None)
        job.pop("file_sd_configs", None)
        job.pop("scrape_timeout", None)
        job["static_configs"] = [{"targets": where[job["job_name"]]}]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(config))
    return path


@contextmanager
def alertmanager(config: Path, folder: Path) -> Iterator[str]:
    port = free_port()
    command = [
        "prometheus-alertmanager",
        f"--config.file={config}",
        f"--storage.path={folder}/am",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    with process(command, folder / "am.log"):
        wait_for("Alertmanager's start", lambda: listens(port))
        yield f"http://127.0.0.1:{port}"


@contextmanager
def alerting_servers(
    root: Path, folder: Path, targets: Sequence[int], receivers: Receivers
) -> Iterator[Servers]:
    port = free_port()
    own = f"127.0.0.1:{port}"
    with alertmanager(write_alertmanager(root, folder, receivers), folder) as pages_url:
        host = pages_url.removeprefix("http://")
        command = [
            "prometheus",
            f"--config.file={write_prometheus(root, folder, targets, host, own)}",
            f"--storage.tsdb.path={folder}/tsdb",
            f"--web.listen-address={own}",
            # Resend soon what fired before Prometheus found Alertmanager.
            "--rules.alert.resend-delay=3s",
        ]
        with process(command, folder / "prometheus.log"):
            wait_for("Prometheus's start", lambda: listens(port))
            yield Servers(f"http://{own}", pages_url)
