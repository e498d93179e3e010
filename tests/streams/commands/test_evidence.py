import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from typer.testing import CliRunner

from models.errors import InputError
from models.incidents.incident import Incident
from streams.cli import build_cli
from streams.demo.embedded_broker import EmbeddedBroker
from streams.kafka.clients import make_admin, make_consumer, make_producer
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

pytestmark = pytest.mark.xdist_group("evidence")


@pytest.fixture(scope="module")
def settings(
    tmp_path_factory: pytest.TempPathFactory, make_incident: Callable[..., Incident]
) -> Iterator[Settings]:
    with EmbeddedBroker(tmp_path_factory.mktemp("evidence") / "broker.log") as broker:
        settings = Settings(kafka=KafkaSettings(brokers=(broker.address,)))
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        producer = make_producer(settings.kafka, one_record_a_batch=True)
        value = msgspec.json.encode(make_incident(incident_id="i-1"))
        producer.send("access-incidents", key=b"i-1", value=value, partition=0).get(10)
        producer.close()
        yield settings


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "evidence.pem").write_bytes(pem)
    form = PublicFormat.SubjectPublicKeyInfo
    (tmp_path / "evidence.pub").write_bytes(private.public_key().public_bytes(Encoding.PEM, form))
    kafka = f"kafka: {{brokers: ['{settings.kafka.brokers[0]}']}}\n"
    (tmp_path / "plain.yaml").write_text(kafka)
    signed = f"evidence: {{key_file: '{tmp_path / 'evidence.pem'}'}}\n"
    (tmp_path / "signed.yaml").write_text(kafka + signed)
    return tmp_path


def run(*arguments: str | Path):
    return CliRunner().invoke(build_cli(), ["evidence", *map(str, arguments)])


def make(folder: Path, config: str, out: str = "evidence.zip", incident: str = "i-1"):
    return run(
        "make", incident, "--out", folder / out, "--by", "maria", "--config", folder / config,
        "--embedded-broker",
    )  # fmt: skip


def test_a_bundle_is_made_and_verified(settings: Settings, folder: Path) -> None:
    done = make(folder, "signed.yaml")
    assert done.exit_code == 0, done.output
    assert "evidence.zip: 0 events, manifest SHA-256 " in done.stdout
    checked = run("verify", folder / "evidence.zip", "--key", folder / "evidence.pub")
    assert checked.exit_code == 0, checked.output
    assert "incident i-1 of app-1: 0 events" in checked.stdout
    assert "by maria (command)" in checked.stdout
    assert "nothing was changed since" in checked.stdout
    own = run("verify", folder / "evidence.zip", "--config", folder / "signed.yaml")
    assert own.exit_code == 0
    consumer = make_consumer(settings.kafka, "access-audit", consumer_timeout_ms=2000)
    records = [json.loads(message.value) for message in consumer]
    consumer.close()
    assert ("maria", "evidence", "i-1") in [
        (one["person"], one["action"], one["incident_id"]) for one in records
    ]
    assert records[-1]["digest"] in done.stdout
    assert [path.name for path in folder.glob(".evidence-*")] == []
    assert (folder / "evidence.zip").stat().st_mode & 0o077 == 0


def test_one_that_nobody_signed_is_not_believed(folder: Path) -> None:
    done = make(folder, "plain.yaml")
    assert done.exit_code == 0
    assert "unsigned:" in done.stderr
    checked = run("verify", folder / "evidence.zip", "--key", folder / "evidence.pub")
    assert checked.exit_code == 1
    assert "not signed" in checked.stderr


def test_one_that_was_changed_is_not_believed(folder: Path) -> None:
    make(folder, "signed.yaml")
    path = folder / "evidence.zip"
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["manifest.json"] = files["manifest.json"].replace(b"maria", b"mario")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    checked = run("verify", path, "--key", folder / "evidence.pub")
    assert checked.exit_code == 1
    assert "NOT signed with this key" in checked.stderr
    asked = run("verify", path, "--config", folder / "plain.yaml")
    assert asked.exit_code == 1
    assert "name the maker's public key" in asked.stderr


def test_an_unknown_incident_and_an_unwritable_file_are_told(folder: Path) -> None:
    assert isinstance(make(folder, "signed.yaml", incident="none").exception, InputError)
    failed = make(folder, "signed.yaml", out="no/such/folder.zip")
    assert "name a file that can be written" in str(failed.exception)
