"""TLS and SASL to a real broker, with the topic ACLs of docs/security.md."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType
from kafka.admin import ACLResourcePatternType as PatternType
from kafka_cluster import Cluster
from live import Deployment, Worker, feed, workers
from real_parts import has, kafka_jars, wait_for

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.errors import BrokerError
from streams.kafka.clients import make_admin
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

pytestmark = pytest.mark.xdist_group("a secured broker")
PASSWORD = "worker-secret-4711"
ADMIN_PASSWORD = "admin-secret-0815"
STORE_PASSWORD = "changeit"


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)


def make_certificates(folder: Path) -> None:
    """Make a certificate authority, and a broker certificate for 127.0.0.1."""
    subject = ["-subj", "/CN=sellerwatch tests"]
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject,
            "-keyout", "ca.key", "-out", "ca.pem")  # fmt: skip
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1",
            "-keyout", "broker.key", "-out", "broker.csr")  # fmt: skip
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1")
    openssl(folder, "x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "broker.pem")  # fmt: skip
    openssl(folder, "pkcs12", "-export", "-in", "broker.pem", "-inkey", "broker.key",
            "-certfile", "ca.pem", "-out", "broker.p12",
            "-passout", f"pass:{STORE_PASSWORD}")  # fmt: skip


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Path]]:
    jars = kafka_jars(Path(__file__).resolve().parent.parent.parent)
    if not has("openssl"):
        pytest.skip("openssl is missing")
    folder = tmp_path_factory.mktemp("secured")
    make_certificates(folder)
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule required"
    login = f'{scram} username="admin" password="{ADMIN_PASSWORD}";'
    overrides = (
        "sasl.enabled.mechanisms=SCRAM-SHA-512\n"
        "sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512\n"
        f"listener.name.client.scram-sha-512.sasl.jaas.config={login}\n"
        f"ssl.keystore.location={folder}/broker.p12\nssl.keystore.type=PKCS12\n"
        f"ssl.keystore.password={STORE_PASSWORD}\nssl.key.password={STORE_PASSWORD}\n"
        f"ssl.truststore.location={folder}/ca.pem\nssl.truststore.type=PEM\n"
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
        "super.users=User:admin;User:ANONYMOUS\n"
    )
    users = {"admin": ADMIN_PASSWORD, "sellerwatch": PASSWORD}
    options = [
        ("--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]")
        for name, password in users.items()
    ]
    cluster = Cluster(
        jars,
        folder,
        protocol="SASL_SSL",
        overrides=overrides,
        format_options=tuple(word for option in options for word in option),
    )
    with cluster:
        yield cluster, folder


def kafka_values(cluster: Cluster, folder: Path, user: str, password: str) -> dict:
    secret = folder / f"{user}-password"
    secret.write_text(password)
    return {
        "brokers": cluster.addresses,
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_username": user,
        "sasl_password_file": str(secret),
        "tls_ca_file": str(folder / "ca.pem"),
        "request_timeout_seconds": 8.0,
    }


def grant(settings: Settings, name: str) -> None:
    """Grant the worker's user the ACLs of docs/security.md and nothing else."""
    rights = {
        (ResourceType.GROUP, name): "READ DESCRIBE",
        (ResourceType.TOPIC, f"{name}-events"): "READ WRITE DESCRIBE DESCRIBE_CONFIGS",
        (ResourceType.TOPIC, f"{name}-incidents"): "READ WRITE DESCRIBE DESCRIBE_CONFIGS",
        (ResourceType.TOPIC, f"{name}-dead-letters"): "READ WRITE DESCRIBE DESCRIBE_CONFIGS",
        (ResourceType.TOPIC, f"{name}-feedback"): "READ WRITE DESCRIBE DESCRIBE_CONFIGS",
        (ResourceType.TOPIC, f"{name}-findings"): "WRITE DESCRIBE DESCRIBE_CONFIGS",
        (ResourceType.TOPIC, f"{name}-audit"): "READ WRITE DESCRIBE DESCRIBE_CONFIGS",
        (ResourceType.TOPIC, f"{name}-checkpoints-changelog"):
            "READ WRITE DESCRIBE DESCRIBE_CONFIGS",
    }  # fmt: skip
    admin = make_admin(settings.kafka)
    admin.create_acls(
        [
            ACL(
                principal="User:sellerwatch",
                host="*",
                operation=ACLOperation[operation],
                permission_type=ACLPermissionType.ALLOW,
                resource_pattern=ResourcePattern(kind, resource, PatternType.LITERAL),
            )
            for (kind, resource), operations in rights.items()
            for operation in operations.split()
        ]
    )
    admin.close()


def sees_its_topics(settings: Settings, name: str) -> bool:
    admin = make_admin(settings.kafka)
    visible = set(admin.list_topics())
    admin.close()
    kinds = (
        "events",
        "incidents",
        "dead-letters",
        "feedback",
        "findings",
        "audit",
        "checkpoints-changelog",
    )
    return {f"{name}-{kind}" for kind in kinds} <= visible


def event(number: int) -> AccessEvent:
    return AccessEvent(
        event_id=f"r-{number}",
        time=1_767_225_600.0 + number,
        tenant="A1",
        principal=f"app-{number % 9}",
        principal_kind=PrincipalKind.APPLICATION,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
        records=3,
    )


def test_worker_and_tools_speak_tls_and_sasl(secured: tuple[Cluster, Path], tmp_path: Path) -> None:
    cluster, folder = secured
    admin_values = kafka_values(cluster, folder, "admin", ADMIN_PASSWORD)
    Deployment.create(cluster.addresses, tmp_path, "safe", kafka=admin_values)
    grant(Settings(kafka=KafkaSettings(**admin_values)), "safe")
    (tmp_path / "safe-0.yaml").unlink()
    mine = kafka_values(cluster, folder, "sellerwatch", PASSWORD)
    # The broker applies ACLs a moment after it confirms them.
    wait_for("the rights", lambda: sees_its_topics(Settings(kafka=KafkaSettings(**mine)), "safe"))
    (tmp_path / "checkpoint-keys").write_text("cd" * 32)
    checkpoints = {"interval_seconds": 1.0, "key_file": str(tmp_path / "checkpoint-keys")}
    deployment = Deployment.create(
        cluster.addresses, tmp_path, "safe", kafka=mine, checkpoints=checkpoints
    )
    with workers(deployment, 1) as running:
        feed(deployment, [event(number) for number in range(500)])
        wait_for("the last checkpoint", deployment.is_done)
        assert running[0].metrics()["sellerwatch_events_total"] == 500
    with workers(deployment, 1):
        # It has read the note of the last commit.
        assert "refused: " not in Worker(deployment).log.read_text()
    clocks = [sys.executable, "-m", "streams", "clocks", "show", "--config"]
    shown = subprocess.run(
        [*clocks, str(deployment.config())], capture_output=True, text=True, check=True
    )
    assert "principals are within two hours of it" in shown.stdout
    command = [sys.executable, "-m", "streams", "config", "show", "--config"]
    shown = subprocess.run(
        [*command, str(deployment.config())], capture_output=True, text=True, check=True
    )
    said = shown.stdout + shown.stderr + Worker(deployment).log.read_text()
    assert "sellerwatch-password" in said
    assert PASSWORD not in said


@pytest.mark.parametrize("wrong", ["password", "authority"])
def test_a_wrong_secret_is_one_clear_line(
    secured: tuple[Cluster, Path], tmp_path: Path, wrong: str
) -> None:
    cluster, folder = secured
    values = kafka_values(cluster, folder, "sellerwatch", PASSWORD)
    if wrong == "password":
        (tmp_path / "secret").write_text("not it")
        values["sasl_password_file"] = str(tmp_path / "secret")
    else:
        openssl(tmp_path, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                "-subj", "/CN=others", "-keyout", "other.key", "-out", "other.pem")  # fmt: skip
        values["tls_ca_file"] = str(tmp_path / "other.pem")
    settings = Settings(kafka=KafkaSettings(**values | {"request_timeout_seconds": 5.0}))
    with pytest.raises(BrokerError, match="check kafka") as caught:
        make_admin(settings.kafka)
    assert "\n" not in str(caught.value)
    assert "not it" not in str(caught.value)
