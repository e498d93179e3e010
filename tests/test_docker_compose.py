"""docker-compose.yml agrees with the settings and names files that exist."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from streams.cli import build_cli
from streams.settings.sections import GatewaySettings, WorkerSettings
from streams.settings.settings import Settings

WORKERS = ("topics", "worker", "more-workers", "ingest")


@pytest.fixture
def compose(root: Path) -> dict:
    return yaml.safe_load((root / "docker-compose.yml").read_text())


@pytest.fixture
def scrape(root: Path) -> dict:
    config = yaml.safe_load((root / "config/prometheus/prometheus.yml").read_text())
    return {job["job_name"]: job for job in config["scrape_configs"]}


def container_ports(service: dict) -> set[int]:
    return {int(port.rsplit(":", 1)[1]) for port in service.get("ports", [])}


def missing(what: str) -> None:
    if os.environ.get("SELLERWATCH_REQUIRE_PARTS"):
        pytest.fail(what)
    pytest.skip(what)


def test_the_compose_specification_accepts_it(root: Path) -> None:
    program = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [program, "--builtin-schema", "vendor.compose-spec", root / "docker-compose.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_docker_compose_resolves_it(root: Path) -> None:
    if shutil.which("docker-compose") is None:
        missing("docker-compose is missing: apt-get install docker-compose")
    done = subprocess.run(
        ["docker-compose", "--file", str(root / "docker-compose.yml"), "config"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"GRAFANA_PASSWORD": "a-password"},
    )
    assert done.returncode == 0, done.stderr
    resolved = yaml.safe_load(done.stdout)
    assert resolved["services"]["worker"]["deploy"]["replicas"] == 2


def test_grafana_has_no_default_password(compose: dict, root: Path) -> None:
    password = compose["services"]["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"]
    assert re.fullmatch(r"\$\{GRAFANA_PASSWORD:\?[^}]+\}", password)
    head = (root / "docker-compose.yml").read_text().split("\nx-hardened")[0]
    assert "GRAFANA_PASSWORD=$(openssl rand" in head
    assert ".env" in (root / ".gitignore").read_text().splitlines()


def test_docker_compose_asks_for_the_password_of_grafana(root: Path) -> None:
    if shutil.which("docker-compose") is None:
        missing("docker-compose is missing: apt-get install docker-compose")
    environment = {k: v for k, v in os.environ.items() if k != "GRAFANA_PASSWORD"}
    done = subprocess.run(
        ["docker-compose", "--file", str(root / "docker-compose.yml"), "config"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode != 0
    assert "GRAFANA_PASSWORD" in done.stderr


def test_every_service_is_hardened(compose: dict) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["user"].split(":")[0] not in {"0", "root"}, name
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}, name
        assert re.search(r":v?\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$", service["image"]), name


def test_whatever_runs_on_has_a_health_check(compose: dict) -> None:
    for name, service in compose["services"].items():
        once = name in {"topics", "ingest"}
        assert once or "healthcheck" in service, name


def test_published_ports_are_bound_to_loopback(compose: dict) -> None:
    for name, service in compose["services"].items():
        assert all(p.startswith("127.0.0.1:") for p in service.get("ports", [])), name


def test_the_ports_are_those_of_the_settings(compose: dict, scrape: dict) -> None:
    worker = WorkerSettings()
    assert container_ports(compose["services"]["worker"]) == {worker.web_port}
    assert (
        f":{worker.metrics_port}/metrics"
        in compose["services"]["worker"]["healthcheck"]["test"][-1]
    )
    found = scrape["sellerwatch"]["dns_sd_configs"][0]
    assert found["port"] == worker.metrics_port
    assert found["names"] == ["worker"]
    assert set(found["names"]) <= set(compose["services"])


def test_more_workers_are_workers_that_prometheus_finds(compose: dict, scrape: dict) -> None:
    worker, more = compose["services"]["worker"], compose["services"]["more-workers"]
    own = {"ports", "profiles", "networks"}
    assert {k: v for k, v in worker.items() if k not in own} == {
        k: v for k, v in more.items() if k not in own
    }
    # A second container with the same port would not start.
    assert "ports" not in more
    names = scrape["sellerwatch"]["dns_sd_configs"][0]["names"]
    assert more["networks"]["default"]["aliases"] == names
    replicas = worker["deploy"]["replicas"] + more["deploy"]["replicas"]
    assert replicas <= Settings().topics.partitions
    published = worker["ports"][0].split(":")[1].split("-")
    assert int(published[1]) - int(published[0]) + 1 == worker["deploy"]["replicas"]


def test_the_environment_is_valid_and_reaches_the_broker(
    compose: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service in WORKERS:
        for name, value in compose["services"][service]["environment"].items():
            monkeypatch.setenv(name, value)
        settings = Settings()
        listener = compose["services"]["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
        assert listener == f"PLAINTEXT://{settings.kafka.brokers[0]}"
        mounted = [f":{m}" for m in compose["services"][service]["tmpfs"]]
        mounted += compose["services"][service].get("volumes", [])
        if service != "topics":
            directory = str(settings.worker.data_directory)
            assert any(mount.split(":")[1] == directory for mount in mounted)
    key_file = compose["services"]["ingest"]["environment"][
        "SELLERWATCH_SOURCES__REDACTION_KEY_FILE"
    ]
    assert Path(key_file).name in compose["services"]["ingest"]["secrets"]
    worker = compose["services"]["worker"]
    key_file = worker["environment"]["SELLERWATCH_CHECKPOINTS__KEY_FILE"]
    assert Path(key_file).name in worker["secrets"]


def test_the_commands_exist(compose: dict) -> None:
    for service in WORKERS:
        words = [w for w in compose["services"][service]["command"] if not w.startswith("/")]
        done = CliRunner().invoke(build_cli(), [*words, "--help"])
        assert done.exit_code == 0, service


def test_mounted_files_exist(compose: dict, root: Path) -> None:
    for name, service in compose["services"].items():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            # The user creates these: see the top of the file.
            if source.startswith("./") and not source.startswith("./logs"):
                assert (root / source).exists(), f"{name}: {source}"
                assert mount.endswith(":ro"), f"{name}: {source}"
    declared = set(compose["volumes"])
    used = {
        mount.split(":")[0]
        for service in compose["services"].values()
        for mount in service.get("volumes", [])
        if not mount.startswith("./")
    }
    assert used == declared


def test_the_secrets_are_declared_used_and_kept_out_of_git(compose: dict, root: Path) -> None:
    declared = compose["secrets"]
    used = {s for service in compose["services"].values() for s in service.get("secrets", [])}
    assert used == set(declared)
    assert "secrets/" in (root / ".gitignore").read_text().splitlines()
    head = (root / "docker-compose.yml").read_text().split("\nx-hardened")[0]
    for secret in declared.values():
        assert Path(secret["file"]).name in head


def test_the_servers_read_the_shipped_files(compose: dict, root: Path) -> None:
    prometheus = yaml.safe_load((root / "config/prometheus/prometheus.yml").read_text())
    for pattern in prometheus["rule_files"]:
        inside = pattern.removeprefix("/etc/prometheus/")
        assert list((root / "config/prometheus").glob(inside)), pattern
    targets = prometheus["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
    assert [target.split(":")[0] for target in targets] == ["alertmanager"]
    assert container_ports(compose["services"]["alertmanager"]) == {
        int(target.split(":")[1]) for target in targets
    }
    source = yaml.safe_load((root / "config/grafana/datasources/prometheus.yaml").read_text())
    port = container_ports(compose["services"]["prometheus"]).pop()
    assert source["datasources"][0]["url"] == f"http://prometheus:{port}"


def test_grafana_finds_its_dashboards(compose: dict, root: Path) -> None:
    grafana = compose["services"]["grafana"]
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    mounts = dict(reversed(m.split(":")[:2]) for m in grafana["volumes"])
    assert (root / mounts["/etc/dashboards"] / Path(home).name).is_file()
    provider = yaml.safe_load((root / "config/grafana/dashboards/sellerwatch.yaml").read_text())
    assert provider["providers"][0]["options"]["path"] == "/etc/dashboards"
    assert (root / mounts["/etc/grafana/provisioning"]).is_dir()


def test_the_image_holds_what_the_wheel_needs(root: Path) -> None:
    dockerfile = (root / "Dockerfile").read_text()
    last_stage = dockerfile.split("FROM ")[-1]
    assert "USER 10001:10001" in last_stage
    bases = re.findall(r"^FROM ([^\s@]+)(?:@sha256:[0-9a-f]{64})?( AS build)?$", dockerfile, re.M)
    image = "python:3.11.13-slim-bookworm"
    assert bases == [(image, " AS build"), (image, "")]
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile, re.M)
        for source in line.split()
    }
    allowed = (root / ".dockerignore").read_text().splitlines()
    for source in copied:
        assert (root / source).exists(), source
        assert any(f"!{source}" in (line, line.removesuffix("/**")) for line in allowed), source
    worker = WorkerSettings()
    assert f"EXPOSE {worker.web_port} {worker.metrics_port}" in last_stage
    entry = json.loads(re.findall(r"ENTRYPOINT (.*)", last_stage)[0])
    assert entry == ["sellerwatch"]


def test_the_gateway_is_wired_as_its_files_say(compose: dict, root: Path) -> None:
    services = compose["services"]
    check = services["gateway-keys"]
    assert "ports" not in check
    for name, shipped, profile in (
        ("gateway", "envoy.yaml", "gateway"),
        ("gateway-nginx", "nginx.conf", "gateway-nginx"),
    ):
        text = (root / "config/gateway" / shipped).read_text()
        assert profile in check["profiles"]
        assert services[name]["profiles"] == [profile]
        assert f"/etc/gateway/{shipped}" in services[name]["command"]
        for secret in services[name]["secrets"]:
            assert f"/run/secrets/{secret}" in text
        port = GatewaySettings().port
        assert re.search(rf"gateway-keys(:|, port_value: ){port}", text)
        assert re.search(r"(listen|port_value:) 8443", text)
        assert "/logs/gateway.json" in text
        assert "./logs/gateway:/logs" in services[name]["volumes"]
    assert services["ingest"]["command"] == ["ingest", "--follow", "/logs"]
    done = CliRunner().invoke(build_cli(), [*check["command"], "--help"])
    assert done.exit_code == 0


def test_the_check_of_keys_starts_with_the_environment_of_its_service(
    compose: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in compose["services"]["gateway-keys"]["environment"].items():
        monkeypatch.setenv(name, value.replace("${LWA_CLIENT_ID:-not-set}", "not-set"))
    gateway = Settings().gateway
    assert gateway.lwa_client_secret_file is not None
    assert gateway.lwa_client_secret_file.name in compose["services"]["gateway-keys"]["secrets"]
    assert str(gateway.keys_file) == "/etc/gateway/keys.yaml"
